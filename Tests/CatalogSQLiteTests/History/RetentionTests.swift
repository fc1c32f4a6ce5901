import Catalog
import Domain
import Foundation
import GRDB
import Testing

/// What is forgotten, and above all what is not.
struct RetentionTests {
    private static let longAgo = "2020-01-01T00:00:00.000Z"
    /// Everything that ended before now is old.
    private static let now = Date.distantFuture

    private static func add(
        _ id: String, _ status: ImportStatus, _ house: CatalogHouse, applied: Int64? = nil, pinned: Int64 = 0
    ) async throws {
        var session = ImportSession(sessionID: id, userID: "u", schemaID: "o", schemaVersion: "1", createdAt: longAgo)
        session.status = status
        session.appliedVersion = applied
        session.pinnedVersion = pinned
        if status.isTerminal { session.completedAt = longAgo }
        let saved = session
        try await house.catalog.write { writer in
            try writer.save(saved)
            try writer.tell(saved)
        }
    }

    private static func history(_ house: CatalogHouse) async throws -> [Int64] {
        try await house.query(Int64.self, "SELECT DISTINCT version FROM history_rows ORDER BY version")
    }

    private static func changes(_ house: CatalogHouse) async throws -> [Int64] {
        try await house.query(Int64.self, "SELECT version FROM catalog_changes ORDER BY version")
    }

    /// Three changes of three rows each.
    private static func change(_ house: CatalogHouse, times: Int = 3) async throws {
        for change in 0..<times {
            let rows = (0..<3).map { outlet("o\($0)", ["outlet_name": .text("Name \(change)")]) }
            let merged = try await house.merge(.outlets, rows, session: "s\(change)")
            try await add("s\(change)", .completed, house, applied: merged.version)
        }
    }

    /// Seen red with rows deleted past the first kept change.
    @Test func `history goes oldest first in bounded steps, and never in the middle of a kept change`() async throws {
        try await CatalogHouse.with { house in
            try await Self.change(house)
            // The youngest ended just now.
            try await house.catalog.write { writer in
                guard var session = try writer.session("s2") else { return }
                session.completedAt = Date.now.iso8601
                try writer.save(session)
            }
            let old = Date.now.addingTimeInterval(-3600)
            var steps: [Int] = []
            repeat {
                steps.append(try await house.catalog.write { try $0.forgetHistory(before: old, limit: 4) })
                #expect(try await Self.changes(house) == [3])
            } while steps.last == 4
            #expect(steps == [4, 2])
            #expect(try await Self.history(house) == [3])
            #expect(try await house.query(Int.self, "SELECT count(*) FROM history_rows") == [3])
        }
    }

    /// Seen red with the pinned versions left out.
    @Test(arguments: [ImportStatus.validating, .validated, .processing])
    func `what came since a session that has not ended began stays`(_ status: ImportStatus) async throws {
        try await CatalogHouse.with { house in
            try await Self.change(house)
            try await Self.add("running", status, house, pinned: 1)
            _ = try await house.catalog.write { try $0.forgetHistory(before: Self.now, limit: 100) }
            #expect(try await Self.changes(house) == [2, 3])
            #expect(try await Self.history(house) == [2, 3])
        }
    }

    /// SQLite gives the number of a last row once more when it is gone. Seen red with the last row deleted too.
    @Test func `after everything was forgotten, changes still follow one another`() async throws {
        try await CatalogHouse.with { house in
            try await Self.change(house)
            _ = try await house.catalog.write { try $0.forgetHistory(before: Self.now, limit: 100) }
            #expect(try await Self.changes(house).isEmpty)
            let last = try #require(try await house.query(Int64.self, "SELECT max(number) FROM history_rows").first)
            try await house.merge(.outlets, [outlet("new")], session: "later")
            let first = try await house.query(Int64.self, "SELECT first_history FROM catalog_changes")
            #expect(first == [last + 1])
        }
    }

    @Test func `without an import that ended, nothing is old`() async throws {
        try await CatalogHouse.with { house in
            try await house.merge(.outlets, [outlet("o1")])
            #expect(try await house.catalog.write { try $0.forgetHistory(before: Self.now, limit: 100) } == 0)
            #expect(try await Self.changes(house) == [1])
        }
    }

    /// Seen red with the dead letters passed over.
    @Test func `marks of jobs go, but not those of running sessions, open jobs and letters to replay`() async throws {
        try await CatalogHouse.with { house in
            try await Self.add("done", .completed, house)
            try await Self.add("running", .processing, house)
            try await Self.add("dead", .failed, house)
            try await house.catalog.write { writer in
                for id in ["done", "running", "dead"] {
                    try writer.enqueue(JobRequest(id: id, MergeJob(sessionID: id), about: .importSession(id)))
                }
                try writer.enqueue(
                    JobRequest(
                        id: "snapshot", RegenerateSnapshotJob(territoryID: "t", version: 1), about: .territory("t")))
                try writer.enqueue(JobRequest(id: "open", MergeJob(sessionID: "done"), about: .importSession("done")))
                for id in ["done", "running", "snapshot"] { _ = try writer.markApplied(id) }
                try writer.record(
                    DeadLetter(
                        queue: "import.merge", jobID: "dead", type: "t", subject: "import:dead", reason: "r",
                        attempts: 1,
                        traceparent: nil, diedAt: Self.longAgo, body: Data()))
            }
            #expect(try await house.catalog.write { try $0.forgetJobs(appliedBefore: .distantPast, limit: 9) } == 0)
            #expect(try await house.catalog.write { try $0.forgetJobs(appliedBefore: Self.now, limit: 1) } == 1)
            #expect(try await house.catalog.write { try $0.forgetJobs(appliedBefore: Self.now, limit: 9) } == 1)
            #expect(
                try await house.query(String.self, "SELECT job_id FROM jobs ORDER BY job_id") == [
                    "dead", "open", "running",
                ])
        }
    }

    /// Seen red with the history left out of the condition.
    @Test func `last events of ended sessions go, but not of those that can be undone`() async throws {
        try await CatalogHouse.with { house in
            let merged = try await house.merge(.outlets, [outlet("o1")], session: "undoable")
            try await Self.add("undoable", .completed, house, applied: merged.version)
            try await Self.add("failed", .failed, house)
            try await Self.add("running", .processing, house)
            try await Self.add("forgotten", .completed, house, applied: 0)
            #expect(try await house.catalog.write { try $0.forgetSubjects(before: Self.now, limit: 9) } == 2)
            #expect(
                try await house.query(String.self, "SELECT subject FROM subjects ORDER BY subject")
                    == ["import:running", "import:undoable"])
        }
    }

    @Test func `uploads are due once, after their staging was cleared`() async throws {
        try await CatalogHouse.with { house in
            try await Self.add("a", .completed, house)
            try await Self.add("b", .processing, house)
            func due(_ instant: Date = .distantFuture) async throws -> [String] {
                try await house.catalog.read {
                    try $0.sessionsWithUploads(unchangedSince: instant, limit: 9).map(\.sessionID)
                }
            }
            #expect(try await due().isEmpty)
            try await house.catalog.write { try $0.markCleared(session: "a") }
            #expect(try await due() == ["a"])
            #expect(try await due(Date.now.addingTimeInterval(-60)).isEmpty)
            try await house.catalog.write { try $0.markUploadsRemoved(session: "a") }
            #expect(try await due().isEmpty)
            #expect(
                try await house.catalog.read { try $0.sessionsToClear(unchangedSince: .distantFuture, limit: 9) }
                    .isEmpty)
        }
    }
}
