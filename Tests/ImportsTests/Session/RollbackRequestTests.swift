import Catalog
import Domain
import TestSupport
import Testing

@testable import Imports

/// What may be taken back, by whom, and what is kept of it.
@Suite(.timeLimit(.minutes(1)))
struct RollbackRequestTests {
    private static let ground = [TestFile.territories("T1", "T2"), .distributors("D1", in: "T1")]

    private static func importer(_ territories: String...) -> UserContext {
        UserContext(
            userId: "anna", role: .gtPlanner,
            assignments: territories.map { .init(territoryId: $0, level: .area, permissions: [.importData]) })
    }

    private static func applied(_ files: [TestFile], _ house: StageHouse) async throws -> String {
        let id = try await house.run(files).progress.sessionId
        try await house.endSnapshots(ofSession: id)
        return id
    }

    private static func rollBack(
        _ id: String, _ house: StageHouse, isForced: Bool = false
    ) async throws -> ImportSession {
        _ = try await house.imports.rollBack(session: id, isForced: isForced, by: house.producer)
        try await house.work()
        return try #require(try await house.session(id))
    }

    /// Seen red with any completed session taken: nothing would ever be told of it.
    @Test func `a session for which nothing was done names the one to take back`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            let first = try await Self.applied(Self.ground, house)
            let same = try await house.run(Self.ground, again: false).progress
            #expect(same.sameAs == first)
            await #expect {
                try await house.imports.rollBack(session: same.sessionId, isForced: false, by: house.producer)
            } throws: {
                ($0 as? RequestError)?.status == 409 && ($0 as? RequestError)?.message.contains(first) == true
            }
        }
    }

    /// Seen red with the rollback that waits not looked for.
    @Test func `what is about to be taken back is no earlier effect, and is asked for once`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            let first = try await Self.applied(Self.ground, house)
            let second = try await house.open(Self.ground)
            for _ in 0..<3 {
                _ = try await house.imports.rollBack(session: first, isForced: false, by: house.producer)
            }
            let progress = try await house.imports.process(session: second, by: house.producer)
            #expect(progress.sameAs == nil && progress.status == .processing)
            let jobs = try await house.catalog.dueEntries(limit: 100).compactMap { entry -> JobType? in
                if case .job(let request) = entry.content { request.type } else { nil }
            }
            #expect(jobs.filter { $0 == .rollback }.count == 1)
        }
    }

    /// Seen red with the end of a session that had snapshots entered once.
    @Test func `a rollback is entered in the audit`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            let id = try await Self.applied(Self.ground, house)
            #expect(try await Self.rollBack(id, house).status == .rolledBack)
            let entries = try await house.catalog.read { try $0.auditEntries(AuditQuery(sessionID: id, limit: 9)) }
            #expect(entries.map(\.entry.status) == [.rolledBack, .completed])
            #expect(entries.first?.entry.errorMessage?.contains("rolled back by tester") == true)
        }
    }

    /// Seen red with what was taken back counted as a later change.
    @Test func `imports are taken back one after the other, the last one first`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            _ = try await Self.applied(Self.ground + [.outlets("A,one,wholesale,T1,D1,1,2")], house)
            let two = try await Self.applied([.outlets("A,two,wholesale,T1,D1,1,2")], house)
            let three = try await Self.applied([.outlets("A,three,wholesale,T2,D1,1,2")], house)
            #expect(try await Self.rollBack(three, house).status == .rolledBack)
            #expect(try await house.cell(.outlets, "A", "outlet_name") == .text("two"))
            let ended = try await Self.rollBack(two, house)
            #expect(ended.status == .rolledBack, "\(ended.errorMessage ?? "")")
            #expect(try await house.cell(.outlets, "A", "outlet_name") == .text("one"))
            #expect(try await house.cell(.outlets, "A", "territory_id") == .text("T1"))
        }
    }

    /// Seen red with the targets of restored rows not looked for.
    @Test func `a row does not get a reference back to what has gone since`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            _ = try await Self.applied([.territories("T1")], house)
            let first = try await Self.applied([.distributors("D1", in: "T1")], house)
            _ = try await Self.applied([.distributors("D2", in: "T1")], house)
            _ = try await Self.applied([.outlets("A,a,wholesale,T1,D1,1,2")], house)
            let moved = try await Self.applied([.outlets("A,a,wholesale,T1,D2,1,2")], house)
            #expect(try await Self.rollBack(first, house).status == .rolledBack)
            let refused = try await Self.rollBack(moved, house, isForced: true)
            #expect(refused.status == .completed)
            #expect(
                refused.errorMessage?.contains("outlets A would refer to distributors D1 again") == true,
                "\(refused.errorMessage ?? "")")
            #expect(try await house.cell(.outlets, "A", "dt_code") == .text("D2"))
        }
    }

    /// Seen red with the hierarchy not looked at.
    @Test func `a territory does not get a level back that no longer fits`() async throws {
        let schema = try TestSchema.shop { schema in
            schema.entities["territories"]?.fieldMappings[2] = try TestSchema.decoded(
                #"{"sourceField": "level", "targetField": "level"}"#)
        }
        func territories(_ lines: String) -> TestFile { TestFile("territories.csv", "id,name,parent,level\n" + lines) }
        try await StageHouse.with(schema) { house in
            _ = try await Self.applied([territories("T1,one,,AREA\n")], house)
            let raised = try await Self.applied([territories("T1,one,,REGION\n")], house)
            _ = try await Self.applied([territories("T2,two,T1,AREA\n")], house)
            let refused = try await Self.rollBack(raised, house)
            #expect(refused.status == .completed)
            #expect(refused.errorMessage?.contains("AREA stands below T1") == true, "\(refused.errorMessage ?? "")")
            #expect(try await house.cell(.territories, "T1", "level") == .text("REGION"))
        }
    }

    /// Seen red with whoever did not import taken for an administrator.
    @Test func `the owner of a session that an administrator processed has no more rights by it`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            try await house.run(Self.ground)
            let anna = Self.importer("T1")
            let id = try await house.open([.outlets("B,b,wholesale,T2,,1,2")], by: anna)
            _ = try await house.imports.process(session: id, by: house.producer)
            try await house.work()
            try await house.endSnapshots(ofSession: id)
            let refused = try await Self.rollBack(id, house.as(anna), isForced: true)
            #expect(refused.status == .completed)
            #expect(refused.errorMessage?.contains("anna lacks IMPORT_DATA") == true)
            #expect(try await Self.rollBack(id, house).status == .rolledBack)
        }
    }

    /// Seen red with the merge held to the rights of who asked for the validation.
    @Test func `what an administrator validated is not merged for its owner with the administrator's rights`()
        async throws
    {
        try await StageHouse.with(TestSchema.shop()) { house in
            try await house.run(Self.ground)
            let anna = Self.importer("T1")
            let id = try await house.open([.outlets("B,b,wholesale,T2,,1,2")], by: anna)
            _ = try await house.imports.validate(session: id, by: house.producer)
            for _ in 0..<2 {
                await #expect {
                    try await house.imports.process(session: id, by: anna)
                } throws: {
                    ($0 as? RequestError)?.status == 403
                }
                try await house.work()
            }
            #expect(try await house.rows(.outlets).isEmpty)
            _ = try await house.imports.process(session: id, by: house.producer)
            try await house.work()
            #expect(try await house.rows(.outlets).count == 1)
        }
    }
}
