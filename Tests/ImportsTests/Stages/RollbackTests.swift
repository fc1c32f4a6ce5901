import Catalog
import Domain
import Foundation
import Jobs
import TestSupport
import Testing

@testable import Imports

/// An import that is taken back.
@Suite(.timeLimit(.minutes(1)))
struct RollbackTests {
    private static let base = [TestFile.territories("T1", "T2"), .distributors("D1", in: "T1")]

    /// Imports, makes as if the snapshots were made, and returns the session's id.
    private static func applied(_ files: [TestFile], _ house: StageHouse) async throws -> String {
        let id = try await house.run(files).progress.sessionId
        try await house.endSnapshots(ofSession: id)
        return id
    }

    /// Asks for a rollback and does it; returns what the session then says.
    private static func rollBack(_ id: String, _ house: StageHouse, isForced: Bool = false) async throws
        -> ImportSession
    {
        _ = try await house.imports.rollBack(session: id, isForced: isForced, by: house.producer)
        try await house.work(times: 2)
        return try #require(try await house.session(id))
    }

    private static func tables(_ house: StageHouse) async throws -> [EntityTable: [String: [String: FieldValue]]] {
        var tables: [EntityTable: [String: [String: FieldValue]]] = [:]
        for table in EntityTable.allCases { tables[table] = try await house.rows(table) }
        return tables
    }

    /// Seen red with the rows that the session brought left where they are, and with former cells put into the wrong
    /// columns.
    @Test func `the catalog is what it was before, to the last cell`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            _ = try await Self.applied(
                Self.base + [.outlets("A,a,wholesale,T1,D1,1.5,0.30000000000000004", "B,b,wholesale,T1,D1,1,2")], house)
            let before = try await Self.tables(house)
            let version = try await house.catalog.read { try $0.version() }
            let id = try await Self.applied(
                Self.base + [
                    .outlets("A,other,wholesale,T2,,3,4", "B,b,wholesale,T1,D1,1,2", "C,new,wholesale,T2,D1,1,2")
                ], house)
            #expect(try await Self.tables(house) != before)

            let session = try await Self.rollBack(id, house)
            #expect(session.status == .rolledBack)
            #expect(session.errorMessage == "rolled back by tester: 1 rows have their former values, 1 are removed")
            #expect(try await Self.tables(house) == before)
            // Both territories changed with it, and each import and the rollback made one version.
            for territory in ["T1", "T2"] {
                #expect(try await house.catalog.read { try $0.version(ofTerritory: territory) } == version + 2)
            }
            #expect(try await Self.rollBack(id, house).status == .rolledBack, "asking again changes nothing")
            #expect(try await house.catalog.read { try $0.version() } == version + 2)
        }
    }

    @Test func `a first import that is taken back leaves an empty catalog`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            let id = try await Self.applied(Self.base + [.outlets("A,a,wholesale,T1,D1,1,2")], house)
            let session = try await Self.rollBack(id, house)
            #expect(session.status == .rolledBack)
            #expect(try await Self.tables(house).values.allSatisfy(\.isEmpty))
            let counts = session.counts
            #expect(counts.inserted == 4, "what the import did stays told")
        }
    }

    /// Seen red with later changes not looked for.
    @Test func `rows that another import changed later: refused, unless forced`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            let first = try await Self.applied(
                Self.base + [.outlets("A,a,wholesale,T1,D1,1,2", "B,b,wholesale,T1,D1,1,2")], house)
            let later = try await Self.applied(Self.base + [.outlets("A,later,wholesale,T1,D1,1,2")], house)
            let refused = try await Self.rollBack(first, house)
            #expect(refused.status == .completed)
            #expect(refused.errorCode == "ERR_SESSION_002")
            #expect(refused.errorMessage?.contains("1 of its rows were changed later") == true)
            #expect(refused.errorMessage?.contains("outlets A by \(later)") == true)
            #expect(try await house.cell(.outlets, "A", "outlet_name") == .text("later"))

            let forced = try await Self.rollBack(first, house, isForced: true)
            #expect(forced.status == .rolledBack)
            #expect(try await house.rows(.outlets).isEmpty)
        }
    }

    @Test func `what a planner changed since stays, also when forced`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            let id = try await Self.applied(
                Self.base + [.outlets("A,a,wholesale,T1,,1,2", "B,b,wholesale,T1,,1,2")], house)
            try await house.catalog.write { writer in
                let change = MasterDataChange(
                    version: try writer.beginChange(), date: "2026-11-25", sessionID: "commit", origin: .planning)
                let columns = [0, EntityTable.outlets.index(of: "route_id") ?? 0]
                var row = [FieldValue](repeating: .null, count: EntityTable.outlets.columns.count)
                (row[0], row[columns[1]]) = (.text("A"), .text("R7"))
                _ = try writer.merger(into: .outlets, columns: columns, strategy: .upsert, change: change).merge(row)
            }
            #expect(try await Self.rollBack(id, house).status == .completed)
            // The planner's outlet stands in T1, which therefore cannot go either.
            let refused = try await Self.rollBack(id, house, isForced: true)
            #expect(refused.status == .completed)
            #expect(refused.errorMessage?.contains("territories T1 cannot be removed: outlets A") == true)
            #expect(try await house.rows(.outlets).count == 2)
        }
    }

    /// Seen red with the question left out.
    @Test func `what later rows refer to cannot go, and nothing else of the session goes`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            let id = try await Self.applied(Self.base, house)
            _ = try await Self.applied([.outlets("A,a,wholesale,T2,,1,2")], house)
            let refused = try await Self.rollBack(id, house, isForced: true)
            #expect(refused.status == .completed)
            #expect(refused.errorMessage?.contains("territories T2 cannot be removed: outlets A") == true)
            #expect(try await house.rows(.distributors).count == 1)
        }
    }

    /// Nothing taken back must not count as rolled back.
    @Test func `what the history no longer keeps cannot be taken back`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            let id = try await Self.applied(Self.base, house)
            _ = try await house.catalog.write { try $0.forgetHistory(before: .now.addingTimeInterval(60), limit: 1) }
            let refused = try await Self.rollBack(id, house, isForced: true)
            #expect(refused.status == .completed)
            #expect(refused.errorMessage?.contains("no longer kept") == true)
            #expect(try await house.rows(.territories).count == 2)
        }
    }

    @Test func `only a completed session with its snapshots can be rolled back`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house async throws in
            let open = try await house.open(Self.base)
            let running = try await house.run(Self.base).progress.sessionId
            for (id, part) in [(open, "UPLOADING"), (running, "snapshots")] {
                await #expect {
                    try await house.imports.rollBack(session: id, isForced: false, by: house.producer)
                } throws: {
                    ($0 as? RequestError)?.message.contains(part) == true
                }
            }
            let stranger = UserContext(userId: "stranger", role: .gtPlanner)
            await #expect(throws: RequestError.self) {
                try await house.imports.rollBack(session: running, isForced: true, by: stranger)
            }
        }
    }
}
