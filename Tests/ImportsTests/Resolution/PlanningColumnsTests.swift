import Catalog
import Domain
import Testing

@testable import Imports

/// Columns that planning owns: an import gives them to new rows only, unless its schema says otherwise.
@Suite(.timeLimit(.minutes(1)))
struct PlanningColumnsTests {
    private static func schema(
        _ strategy: DeltaStrategy = .upsert, changing columns: [String]? = nil
    ) throws -> ImportSchema {
        try TestSchema.shop { schema in
            schema.deltaStrategy = strategy
            schema.entities["outlets"]?.planningColumns = columns
            schema.entities["outlets"]?.fieldMappings.append(
                try TestSchema.decoded(#"{"sourceField": "route", "targetField": "route_id"}"#))
        }
    }

    private static func routes(_ lines: String...) -> TestFile {
        TestFile("outlets.csv", ([TestFile.outletHeader + ",route"] + lines).map { $0 + "\n" }.joined())
    }

    /// What a planner's commit does to an outlet.
    private static func plan(_ outlet: String, on route: FieldValue, _ house: StageHouse) async throws {
        try await house.catalog.write { writer in
            let change = MasterDataChange(
                version: try writer.beginChange(), date: "2026-11-25", sessionID: "commit", origin: .planning)
            let columns = [0, EntityTable.outlets.index(of: "route_id") ?? 0]
            var row = [FieldValue](repeating: .null, count: EntityTable.outlets.columns.count)
            (row[0], row[columns[1]]) = (.text(outlet), route)
            _ = try writer.merger(into: .outlets, columns: columns, strategy: .upsert, change: change).merge(row)
        }
    }

    private static func issues(_ report: SessionReport, _ house: StageHouse) async throws -> [String] {
        try await house.issues(report.progress.sessionId).map(\.description)
    }

    /// Also of records that are known: their keys and texts are staged all the same.
    /// Seen red with the column written as any other, with no warning, and with rows left out in which the catalog has nothing.
    @Test
    func `a new row takes what the file says; one that is there keeps what was planned, and each time a warning tells`()
        async throws
    {
        try await StageHouse.with(Self.schema()) { house in
            let file = Self.routes(
                "A,a,wholesale,T1,,1,2,R1", "B,b,wholesale,T1,,1,2,R1", "C,c,wholesale,T1,,1,2,R1",
                "D,d,wholesale,T1,,1,2,")
            let first = try await house.run([.territories("T1"), file])
            #expect(try await Self.issues(first, house) == [])
            #expect(try await house.cell(.outlets, "A", "route_id") == .text("R1"))
            try await Self.plan("A", on: .text("R2"), house)
            try await Self.plan("B", on: .null, house)
            try await Self.plan("D", on: .text("R3"), house)
            for _ in 0..<2 {
                let report = try await house.run([file])
                #expect(report.files[0].counts == RecordCounts(read: 4, unchanged: 4, warnings: 3))
                #expect(
                    try await Self.issues(report, house) == [
                        "outlets.csv:2 route_id=R1 ROW_PLANNING_KEPT", "outlets.csv:3 route_id=R1 ROW_PLANNING_KEPT",
                        "outlets.csv:5 route_id= ROW_PLANNING_KEPT",
                    ])
                for (outlet, route) in [
                    ("A", FieldValue.text("R2")), ("B", .null), ("C", .text("R1")), ("D", .text("R3")),
                ] {
                    #expect(try await house.cell(.outlets, outlet, "route_id") == route, "\(outlet)")
                }
            }
            for counts in [
                RecordCounts(read: 1, updated: 1, warnings: 1), RecordCounts(read: 1, unchanged: 1, warnings: 1),
            ] {
                let report = try await house.run([Self.routes("A,other,wholesale,T1,,1,2,R9")])
                #expect(report.files[0].counts == counts)
            }
            #expect(try await house.cell(.outlets, "A", "route_id") == .text("R2"))
            #expect(try await house.cell(.outlets, "A", "outlet_name") == .text("other"))
        }
    }

    @Test func `the warning says what planning has`() async throws {
        try await StageHouse.with(Self.schema()) { house in
            try await house.run([.territories("T1"), Self.routes("A,a,wholesale,T1,,1,2,R2")])
            let id = try await house.run([Self.routes("A,a,wholesale,T1,,1,2,R1")]).progress.sessionId
            let words = try await house.imports.issues(ofSession: id, for: house.producer)?.issues.map(\.message)
            #expect(words == ["planning has R2, which stays"])
        }
    }

    /// Seen red with the schema's word left out.
    @Test func `an entity that is to change them does`() async throws {
        try await StageHouse.with(Self.schema(changing: ["route_id"])) { house in
            try await house.run([.territories("T1"), Self.routes("A,a,wholesale,T1,,1,2,R1")])
            try await Self.plan("A", on: .text("R2"), house)
            let report = try await house.run([Self.routes("A,a,wholesale,T1,,1,2,R1")])
            #expect(report.files[0].counts == RecordCounts(read: 1, updated: 1))
            #expect(try await house.cell(.outlets, "A", "route_id") == .text("R1"))
        }
    }

    @Test func `under MERGE an empty cell is no difference`() async throws {
        try await StageHouse.with(Self.schema(.merge)) { house in
            try await house.run([.territories("T1"), Self.routes("A,a,wholesale,T1,,1,2,R1")])
            let report = try await house.run([Self.routes("A,a,wholesale,T1,,1,2,")])
            #expect(try await Self.issues(report, house) == [])
            #expect(try await house.cell(.outlets, "A", "route_id") == .text("R1"))
        }
    }

    /// Seen red with any column taken.
    @Test func `only mapped columns of planning can be named`() throws {
        for columns in [["outlet_name"], ["nothing"], ["route_id", "visit_days"]] {
            let faults = SchemaCheck.faults(in: try Self.schema(changing: columns))
            #expect(faults.count == 1 && faults[0].contains("planningColumns"), "\(faults)")
        }
        #expect(SchemaCheck.faults(in: try Self.schema(changing: ["route_id"])) == [])
    }
}
