import Catalog
import Domain
import Foundation
import Testing

struct SessionListTests {
    private static func add(
        _ id: String, _ house: CatalogHouse, user: String = "u", at second: Int = 0,
        _ change: @Sendable (inout ImportSession) -> Void = { _ in }
    ) async throws {
        var session = ImportSession(
            sessionID: id, userID: user, schemaID: "o", schemaVersion: "1",
            createdAt: "2026-11-24T04:00:0\(second).000Z")
        change(&session)
        let saved = session
        try await house.catalog.write { try $0.save(saved) }
    }

    private static func list(_ query: SessionQuery, _ house: CatalogHouse) async throws -> [String] {
        try await house.catalog.read { try $0.sessions(query).map(\.session.sessionID) }
    }

    /// Two sessions of one instant are told apart by their ids. Seen red with the place compared by instant alone.
    @Test func `pages follow one another without a gap or a repetition, newest first`() async throws {
        try await CatalogHouse.with { house in
            for position in 0..<9 { try await Self.add("s\(position)", house, at: position / 2) }
            var seen: [String] = []
            var place: SessionPlace?
            repeat {
                let page = try await house.catalog.read { [place] in
                    try $0.sessions(SessionQuery(userID: nil, before: place, limit: 2)).map(\.session)
                }
                seen += page.map(\.sessionID)
                place = page.last.map { SessionPlace(createdAt: $0.createdAt, sessionID: $0.sessionID) }
            } while place != nil && seen.count < 20
            #expect(seen == (0..<9).reversed().map { "s\($0)" })
        }
    }

    @Test func `user and status narrow the list`() async throws {
        try await CatalogHouse.with { house in
            try await Self.add("a", house, user: "ann")
            try await Self.add("b", house, user: "bob", at: 1) { $0.status = .failed }
            try await Self.add("c", house, user: "bob", at: 2)
            #expect(try await Self.list(SessionQuery(userID: "bob", limit: 9), house) == ["c", "b"])
            #expect(try await Self.list(SessionQuery(userID: nil, status: .failed, limit: 9), house) == ["b"])
            #expect(try await Self.list(SessionQuery(userID: "ann", status: .failed, limit: 9), house).isEmpty)
        }
    }

    /// Seen red with the snapshots that are missing left out.
    @Test func `what runs and has not changed is found, and nothing that rests or ended`() async throws {
        try await CatalogHouse.with { house in
            for status in ImportStatus.allCases {
                try await Self.add(status.rawValue, house) { $0.status = status }
            }
            try await Self.add("snapshots", house) { session in
                session.status = .completed
                session.snapshotsTotal = 2
            }
            let all = SessionQuery(userID: nil, unchangedSince: .distantFuture, limit: 99)
            #expect(Set(try await Self.list(all, house)) == ["VALIDATING", "PROCESSING", "snapshots"])
            let none = SessionQuery(userID: nil, unchangedSince: Date.now.addingTimeInterval(-60), limit: 99)
            #expect(try await Self.list(none, house).isEmpty)
        }
    }

    /// Seen red with the stage's beginning written anew each time.
    @Test func `a stage begins when the session comes to it, not when it goes on in it`() async throws {
        try await CatalogHouse.with { house in
            try await Self.add("s", house) { $0.stage = .validate }
            let first = try #require(try await house.catalog.read { try $0.pace(ofSession: "s") })
            try await Self.add("s", house) { session in
                session.stage = .validate
                session.chunksDone = 1
            }
            let second = try #require(try await house.catalog.read { try $0.pace(ofSession: "s") })
            #expect(second.stageBegan == first.stageBegan)
            #expect(second.changedAt > first.changedAt)
            try await Self.add("s", house) { $0.stage = .resolve }
            let third = try #require(try await house.catalog.read { try $0.pace(ofSession: "s") })
            #expect(third.stageBegan == third.changedAt)
            #expect(try await house.catalog.read { try $0.pace(ofSession: "none") } == nil)
        }
    }

    @Test func `a job without effect is found by its subject, with those before it`() async throws {
        try await CatalogHouse.with { house in
            @Sendable func merge(_ id: String) throws -> JobRequest {
                try JobRequest(id: id, MergeJob(sessionID: id), about: .importSession(id))
            }
            try await house.catalog.write { writer in
                for id in ["a", "b", "c"] { try writer.enqueue(merge(id)) }
                _ = try writer.markApplied("a")
            }
            let jobs = try await house.catalog.read { try $0.openJobs(about: .importSession("c"), limit: 9) }
            #expect(jobs == [OpenJob(queue: "import.merge", ahead: 1, isPublished: false, isLeased: false)])
            #expect(try await house.catalog.lease("c", to: "w", seconds: 60))
            try await house.catalog.remove(try await house.catalog.dueEntries(limit: 9).map(\.id))
            let leased = try await house.catalog.read { try $0.openJobs(about: .importSession("c"), limit: 9) }
            #expect(leased == [OpenJob(queue: "import.merge", ahead: 1, isPublished: true, isLeased: true)])
            #expect(try await house.catalog.read { try $0.openJobs(about: .importSession("a"), limit: 9) }.isEmpty)
        }
    }
}
