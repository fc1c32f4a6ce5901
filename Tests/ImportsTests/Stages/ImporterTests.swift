import Domain
import Testing

@testable import Imports

/// Sessions of users who answer for a part of the catalog, from upload to merge.
@Suite(.timeLimit(.minutes(1)))
struct ImporterTests {
    private static func importer(_ territories: String...) -> UserContext {
        UserContext(
            userId: "anna", role: .gtPlanner,
            assignments: territories.map { .init(territoryId: $0, level: .area, permissions: [.importData]) })
    }

    /// Seen red with the importer not kept when the files were sealed.
    @Test func `an importer of an area changes that area and nothing else`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            try await house.run([.territories("T1", "T2"), .outlets("A,a,wholesale,T1,,1,2", "B,b,wholesale,T2,,1,2")])
            let anna = Self.importer("T1")
            let id = try await house.open(
                [.outlets("A,mine,wholesale,T1,,1,2", "B,theirs,wholesale,T1,,1,2", "C,c,wholesale,T2,,1,2")], by: anna)
            _ = try await house.imports.process(session: id, by: anna)
            try await house.work()
            #expect(
                try await house.issues(id).map(\.description) == [
                    "outlets.csv:3 territory_id=T2 ERR_AUTH_002", "outlets.csv:4 territory_id=T2 ERR_AUTH_002",
                ])
            #expect(try await house.cell(.outlets, "A", "outlet_name") == .text("mine"))
            #expect(try await house.cell(.outlets, "B", "territory_id") == .text("T2"))
            #expect(try await house.rows(.outlets).count == 2)
        }
    }

    /// Seen red with the territories not looked at again in the merge.
    @Test(arguments: ["T2", ""]) func `a row that somebody moves away between validation and merge stays there`(
        _ elsewhere: String
    ) async throws {
        let schema = try TestSchema.shop { $0.entities["outlets"]?.requiredFields = [] }
        try await StageHouse.with(schema) { house in
            try await house.run([.territories("T1", "T2"), .outlets("A,a,wholesale,T1,,1,2", "B,b,wholesale,T1,,1,2")])
            let anna = Self.importer("T1")
            let id = try await house.open([.outlets("A,mine,wholesale,T1,,1,2")], by: anna)
            _ = try await house.imports.validate(session: id, by: anna)
            try await house.work()
            try await house.run([.outlets("A,a,wholesale,\(elsewhere),,1,2")])
            _ = try await house.imports.process(session: id, by: anna)
            let merge = try #require(try await house.nextJob()).request
            guard case .dead(let reason) = try await house.perform(merge) else {
                Issue.record("it was merged")
                return
            }
            #expect(reason.contains("has changed since the session was validated"))
            #expect(try await house.cell(.outlets, "A", "outlet_name") == .text("a"))
        }
    }

    @Test func `what somebody changes elsewhere meanwhile keeps no row of hers out`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            try await house.run([.territories("T1", "T2"), .outlets("A,a,wholesale,T1,,1,2")])
            let anna = Self.importer("T1")
            let id = try await house.open([.outlets("A,mine,wholesale,T1,,1,2")], by: anna)
            _ = try await house.imports.validate(session: id, by: anna)
            try await house.work()
            try await house.run([.outlets("B,b,wholesale,T2,,1,2")])
            _ = try await house.imports.process(session: id, by: anna)
            try await house.work()
            #expect(try await house.session(id)?.status == .completed)
            #expect(try await house.cell(.outlets, "A", "outlet_name") == .text("mine"))
        }
    }

    /// Seen red with the rights left out of the key by which earlier sessions are found.
    @Test func `the same files are imported again once their importer may do more`() async throws {
        try await StageHouse.with(TestSchema.shop { $0.errorThreshold = nil }) { house in
            try await house.run([.territories("T1", "T2")])
            let file = TestFile.outlets("A,a,wholesale,T1,,1,2", "B,b,wholesale,T2,,1,2")
            func process(by user: UserContext) async throws -> ImportProgress {
                let id = try await house.open([file], by: user)
                _ = try await house.imports.process(session: id, by: user)
                try await house.work()
                return try await house.imports.report(onSession: id, for: user).progress
            }
            let first = try await process(by: Self.importer("T1"))
            #expect(first.results.inserted == 1 && first.results.refused == 1)
            #expect(try await process(by: Self.importer("T1")).sameAs == first.sessionId)
            let second = try await process(by: Self.importer("T1", "T2"))
            #expect(second.sameAs == nil && second.results.inserted == 1 && second.results.unchanged == 1)
        }
    }

    /// Seen red with all entities of the schema asked whether they map the column.
    @Test func `a file without the territory leaves rows where they are, whatever another entity maps`() async throws {
        let schema = try TestSchema.shop { schema in
            schema.entities["outlets"]?.requiredFields = []
            var names = try #require(schema.entities["outlets"])
            names.files = ["names*.csv"]
            names.fieldMappings.removeAll { $0.targetField == "territory_id" }
            schema.entities["names"] = names
        }
        try await StageHouse.with(schema) { house in
            try await house.run([.territories("T1", "T2"), .outlets("A,a,wholesale,T1,,1,2", "B,b,wholesale,T2,,1,2")])
            let anna = Self.importer("T1")
            let id = try await house.open(
                [.outlets("A,mine,wholesale,,,1,2", "B,theirs,wholesale,,,1,2", name: "names.csv")], by: anna)
            _ = try await house.imports.process(session: id, by: anna)
            try await house.work()
            #expect(try await house.issues(id).map(\.description) == ["names.csv:3 territory_id=T2 ERR_AUTH_002"])
            #expect(try await house.cell(.outlets, "A", "outlet_name") == .text("mine"))
            #expect(try await house.cell(.outlets, "A", "territory_id") == .text("T1"))
            #expect(try await house.cell(.outlets, "B", "outlet_name") == .text("b"))
        }
    }

    /// Seen red with a rollback held to nothing.
    @Test func `a rollback brings no row back from where its importer may not change it`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            try await house.run([.territories("T1", "T2"), .outlets("A,a,wholesale,T1,,1,2")])
            let anna = Self.importer("T1")
            let id = try await house.open([.outlets("A,mine,wholesale,T1,,1,2")], by: anna)
            _ = try await house.imports.process(session: id, by: anna)
            try await house.work()
            try await house.endSnapshots(ofSession: id)
            try await house.run([.outlets("A,moved,wholesale,T2,,1,2")])
            _ = try await house.imports.rollBack(session: id, isForced: true, by: anna)
            try await house.work()
            let refused = try #require(try await house.session(id))
            #expect(refused.status == .completed)
            #expect(refused.errorMessage?.contains("anna lacks IMPORT_DATA") == true)
            #expect(try await house.cell(.outlets, "A", "territory_id") == .text("T2"))
            _ = try await house.imports.rollBack(session: id, isForced: true, by: house.producer)
            try await house.work()
            #expect(try await house.session(id)?.status == .rolledBack)
            #expect(try await house.cell(.outlets, "A", "outlet_name") == .text("a"))
        }
    }
}
