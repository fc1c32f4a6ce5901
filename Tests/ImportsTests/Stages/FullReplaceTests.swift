import Catalog
import Domain
import Testing

@testable import Imports

/// Files that hold every row: what is missing from them goes.
@Suite(.timeLimit(.minutes(1)))
struct FullReplaceTests {
    private static let ground = [TestFile.territories("T1", "T2"), .distributors("D1", "D2", in: "T1")]
    private static let four = TestFile.outlets(
        "A,a,wholesale,T1,D1,1,2", "B,b,wholesale,T1,D1,1,2", "C,c,wholesale,T2,D2,1,2", "D,d,wholesale,T2,,1,2")

    private static func schema(
        _ scope: String, of entity: String = "outlets", maximum: Double? = 1
    ) throws -> ImportSchema {
        try TestSchema.shop {
            $0.entities[entity]?.fullReplace = FullReplace(scope: scope, maximumDeletions: maximum)
        }
    }

    /// Imports the ground and four outlets, then `files`; returns the second report and the outlets that are left.
    private static func after(
        _ schema: ImportSchema, _ files: [TestFile]
    ) async throws -> (report: SessionReport, outlets: [String]) {
        try await StageHouse.with(schema) { house in
            try await house.run(ground + [four])
            let report = try await house.run(files)
            return (report, try await house.rows(.outlets).keys.sorted())
        }
    }

    @Test func `rows that the files no longer have go, are counted, and come back with a rollback`() async throws {
        try await StageHouse.with(Self.schema("ALL")) { house in
            try await house.run(Self.ground + [Self.four])
            let before = try await house.rows(.outlets)
            let version = try await house.catalog.read { try $0.version() }
            let report = try await house.run([.outlets("A,a,wholesale,T1,D1,1,2", "C,other,wholesale,T2,D2,1,2")])
            #expect(report.files[0].counts == RecordCounts(read: 2, updated: 1, unchanged: 1, deleted: 2))
            #expect(report.progress.results.deleted == 2)
            #expect(try await house.rows(.outlets).keys.sorted() == ["A", "C"])
            // B's territory has no other change.
            #expect(try await house.catalog.read { try $0.version(ofTerritory: "T1") } == version + 1)

            let id = report.progress.sessionId
            try await house.endSnapshots(ofSession: id)
            _ = try await house.imports.rollBack(session: id, isForced: false, by: house.producer)
            try await house.work()
            #expect(try await house.rows(.outlets) == before)
        }
    }

    @Test func `a column as scope: only rows that share its value with a row of the files go`() async throws {
        let (report, outlets) = try await Self.after(Self.schema("dt_code"), [.outlets("A,a,wholesale,T1,D1,1,2")])
        #expect(report.files[0].counts == RecordCounts(read: 1, unchanged: 1, deleted: 1))
        #expect(outlets == ["A", "C", "D"])
    }

    /// A distributor's cut export among whole ones. Seen red with all values counted together, and with few rows counted too.
    @Test(arguments: [(20, 1, true), (20, 10, false), (5, 1, false)])
    func `the guard holds for each value of the scope's column`(_ shops: Int, left: Int, isRefused: Bool) async throws {
        func file(_ shops: Int) -> TestFile {
            let small = (0..<shops).map { "S\($0),s,wholesale,T1,D1,1,2\n" }
            let large = (0..<300).map { "L\($0),l,wholesale,T1,D2,1,2\n" }
            return TestFile("outlets.csv", TestFile.outletHeader + "\n" + (small + large).joined())
        }
        try await StageHouse.with(Self.schema("dt_code", maximum: nil)) { house in
            try await house.run(Self.ground + [file(shops)])
            let ended = try await house.run([file(left)]).progress
            #expect((ended.status == .failed) == isRefused)
            #expect(try await house.rows(.outlets).count == 300 + (isRefused ? shops : left))
            guard isRefused else { return }
            let words = "\(shops - left) of \(shops) rows of outlets with dt_code D1 are missing"
            #expect(ended.errorMessage?.contains(words) == true, "\(ended.errorMessage ?? "")")
        }
    }

    /// A record that its chunk refuses, one that is refused across files, and one that is refused for its reference.
    @Test(arguments: [
        ["B,a name of more than twenty characters,wholesale,T1,D1,1,2"],
        ["B,first,wholesale,T1,D1,1,2", "B,second,wholesale,T9,D1,1,2"], ["B,b,wholesale,T1,D9,1,2"],
    ])
    func `a refused record counts as present`(_ refused: [String]) async throws {
        let file = TestFile(
            "outlets.csv",
            ([TestFile.outletHeader, "A,a,wholesale,T1,D1,1,2"] + refused).map { $0 + "\n" }.joined())
        let (report, outlets) = try await Self.after(Self.schema("dt_code"), [file])
        #expect(report.files[0].counts.refused == refused.count)
        #expect(report.files[0].counts.deleted == 0)
        #expect(outlets == ["A", "B", "C", "D"])
    }

    @Test func `where a refused record has no key nothing goes, and the report says so`() async throws {
        try await StageHouse.with(Self.schema("ALL")) { house in
            try await house.run(Self.ground + [Self.four])
            let report = try await house.run([.outlets("A,a,wholesale,T1,D1,1,2", ",b,wholesale,T1,D1,1,2")])
            #expect(try await house.rows(.outlets).count == 4)
            #expect(report.files[0].counts.deleted == 0)
            let told = try await house.issues(report.progress.sessionId).filter { $0.code == .replaceSkipped }
            #expect(told.map(\.severity) == ["WARNING"])
            #expect(told.first?.message.contains("left in outlets") == true)
        }
    }

    @Test(arguments: [(nil, false), (0.5, false), (0.75, true)] as [(Double?, Bool)])
    func `more deletions than the schema allows end the session before anything is merged`(
        maximum: Double?, mayGo: Bool
    ) async throws {
        let (report, outlets) = try await Self.after(
            Self.schema("ALL", maximum: maximum), [.outlets("A,other,wholesale,T1,D1,1,2")])
        #expect(report.progress.status == (mayGo ? .completed : .failed))
        #expect(outlets == (mayGo ? ["A"] : ["A", "B", "C", "D"]))
        guard !mayGo else { return }
        #expect(report.progress.errorCode == ErrorCode.schemaValidationFailed.rawValue)
        #expect(
            report.progress.errorMessage?.contains("3 of 4 rows of outlets are missing from the files") == true,
            "\(report.progress.errorMessage ?? "")")
    }

    @Test func `a row that others refer to stops the import`() async throws {
        try await StageHouse.with(Self.schema("ALL", of: "distributors")) { house in
            try await house.run(Self.ground + [Self.four])
            let report = try await house.run([.distributors("D1", in: "T1"), .outlets("A,other,wholesale,T1,D1,1,2")])
            #expect(report.progress.status == .failed)
            #expect(
                report.progress.errorMessage?.contains("distributors D2 cannot be removed: outlets C refers to it")
                    == true,
                "\(report.progress.errorMessage ?? "")")
            #expect(try await house.cell(.outlets, "A", "outlet_name") == .text("a"))
            let healed = try await house.run([
                .distributors("D1", in: "T1"), .outlets("C,c,wholesale,T2,D1,1,2"),
            ])
            #expect(healed.progress.status == .completed, "\(healed.progress.errorMessage ?? "")")
            #expect(try await house.rows(.distributors).keys.sorted() == ["D1"])
        }
    }

    @Test func `an importer of an area has only rows of that area go`() async throws {
        try await StageHouse.with(Self.schema("ALL")) { house in
            try await house.run(Self.ground + [Self.four])
            let anna = house.as(
                UserContext(
                    userId: "anna", role: .gtPlanner,
                    assignments: [.init(territoryId: "T1", level: .area, permissions: [.importData])]))
            let report = try await anna.run([.outlets("A,a,wholesale,T1,D1,1,2")])
            #expect(report.files[0].counts.deleted == 1)
            #expect(try await house.rows(.outlets).keys.sorted() == ["A", "C", "D"])
        }
    }

    /// Far enough into the file most rows have changed: the merge then writes the table anew. Some rows went before that
    /// and some go after.
    @Test func `rows go as well where the whole table is written anew`() async throws {
        func outlets(_ numbers: [Int], _ name: String) -> TestFile {
            let lines = numbers.map { "\(100_000 + $0),\(name),wholesale,T1,D1,1,2\n" }
            return TestFile("outlets.csv", TestFile.outletHeader + "\n" + lines.joined())
        }
        try await StageHouse.with(Self.schema("ALL")) { house in
            try await house.run(Self.ground + [outlets(Array(0..<9000), "old")])
            let kept = (0..<9000).filter { $0 % 50 != 0 }
            let report = try await house.run([outlets(kept, "new")])
            #expect(report.files[0].counts == RecordCounts(read: 8820, updated: 8820, deleted: 180))
            let rows = try await house.rows(.outlets)
            #expect(rows.keys.sorted() == kept.map { "\(100_000 + $0)" })
            #expect(rows.values.allSatisfy { $0["outlet_name"] == .text("new") })
        }
    }

    @Test func `a schema whose full replacement cannot be meant is refused`() throws {
        func faults(_ change: (inout ImportSchema) throws -> Void) throws -> [String] {
            SchemaCheck.faults(in: try TestSchema.shop(change))
        }
        func replacing(_ scope: String, _ maximum: Double? = nil) -> FullReplace {
            FullReplace(scope: scope, maximumDeletions: maximum)
        }
        #expect(try faults { $0.entities["outlets"]?.fullReplace = replacing("dt_code", 0.2) } == [])
        for scope in ["outlet_id", "latitude", "nothing"] {
            let found = try faults { $0.entities["outlets"]?.fullReplace = replacing(scope) }
            #expect(found.count == 1 && found[0].contains("scope is ALL or a text column"), "\(scope): \(found)")
        }
        #expect(try faults { $0.entities["outlets"]?.fullReplace = replacing("tier") }[0].contains("is not mapped"))
        #expect(
            try faults { $0.entities["outlets"]?.fullReplace = replacing("ALL", 1.5) }[0].contains("between 0 and 1"))
        #expect(
            try faults {
                $0.deltaStrategy = .append
                $0.entities["outlets"]?.fullReplace = replacing("ALL")
            }[0].contains("APPEND"))
        func twice(_ first: FullReplace?, _ second: FullReplace?) throws -> [String] {
            try faults {
                var other = try #require($0.entities["outlets"])
                other.fullReplace = second
                $0.entities["more"] = other
                $0.entities["outlets"]?.fullReplace = first
            }
        }
        #expect(try twice(replacing("dt_code"), replacing("dt_code")) == [])
        #expect(try twice(replacing("dt_code"), nil)[0].contains("must say the same"))
        #expect(try twice(replacing("ALL"), replacing("ALL"))[0].contains("one entity fills"))
    }
}
