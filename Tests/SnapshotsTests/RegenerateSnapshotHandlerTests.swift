import Catalog
import Domain
import Foundation
import Jobs
import Testing

@testable import Snapshots

struct RegenerateSnapshotHandlerTests {
    /// Seen red with the mark left out, and with every run telling.
    @Test func `a job that runs twice has its effect once`() async throws {
        try await SnapshotHouse.with { house async throws in
            try await SampleTerritory.fill(house)
            try await open(house, awaiting: ["T1", "T2"])
            let job = try await asked(house, version: 5)
            for _ in 0..<2 { #expect(try await house.handler.handle(job) == .done) }
            let events = try await house.events(.territory("T1"))
            #expect(events.map(\.type) == [.snapshotUpdated])
            #expect(events.map(\.traceparent) == ["00-a-b-01"])
            let state = try JSONDecoder().decode(SnapshotState.self, from: try #require(events.first).data)
            #expect(state == (try await house.publisher.manifest(of: "T1")?.state))
            #expect(try await session(house).snapshotsDone == 1)
            #expect(try await house.events(.importSession("s1")).map(\.type) == [.importProgress])
            #expect(try await house.catalog.isApplied(job.id))
        }
    }

    @Test func `two jobs of one territory and version tell once and count once`() async throws {
        try await SnapshotHouse.with { house async throws in
            try await SampleTerritory.fill(house)
            try await open(house, awaiting: ["T1", "T2"])
            for id in ["a", "b"] { _ = try await house.handler.handle(try await asked(house, id: id, version: 5)) }
            #expect(try await house.events(.territory("T1")).count == 1)
            #expect(try await session(house).snapshotsDone == 1)
        }
    }

    @Test func `jobs at once have their effects once each`() async throws {
        try await SnapshotHouse.with { house async throws in
            try await SampleTerritory.fill(house)
            try await open(house, awaiting: ["T1", "T2", "T3"])
            var jobs: [Job<RegenerateSnapshotJob>] = []
            for territory in ["T1", "T2"] {
                for number in 1...2 {
                    let id = "\(territory)-\(number)"
                    jobs.append(try await asked(house, id: id, territory: territory, version: 5))
                }
            }
            let all = jobs + jobs
            try await withThrowingTaskGroup(of: Void.self) { group in
                for job in all { group.addTask { _ = try await house.handler.handle(job) } }
                try await group.waitForAll()
            }
            #expect(try await session(house).snapshotsDone == 2)
            for territory in ["T1", "T2"] {
                #expect(try await house.events(.territory(territory)).count == 1)
            }
        }
    }

    /// Seen red with only what was just built told.
    @Test func `a snapshot whose worker died before telling of it is told by the next run`() async throws {
        try await SnapshotHouse.with { house async throws in
            try await SampleTerritory.fill(house)
            let job = try await asked(house, version: 5)
            _ = try await house.publisher.publish(territory: "T1", atLeast: 5)
            let manifest = try await house.publisher.manifest(of: "T1")
            _ = try await house.handler.handle(job)
            #expect(try await house.events(.territory("T1")).count == 1)
            #expect(try await house.publisher.manifest(of: "T1") == manifest)
        }
    }

    @Test(arguments: [1, 5]) func `a version that stands is neither built nor told again`(_ version: Int64) async throws
    {
        try await SnapshotHouse.with { house async throws in
            try await SampleTerritory.fill(house)
            _ = try await house.handler.handle(try await asked(house, id: "first", version: 5))
            let manifest = try await house.publisher.manifest(of: "T1")
            try await house.merge(.outlets, [SampleTerritory.outlet("O7")])
            _ = try await house.handler.handle(try await asked(house, id: "late", version: version))
            #expect(try await house.publisher.manifest(of: "T1") == manifest)
            #expect(try await house.events(.territory("T1")).count == 1)
            #expect(try await house.catalog.isApplied("late"))
        }
    }

    @Test func `the last snapshot ends its session, under the session's trace`() async throws {
        try await SnapshotHouse.with { house async throws in
            try await SampleTerritory.fill(house)
            try await open(house, awaiting: ["T1"])
            _ = try await house.handler.handle(try await asked(house, version: 5))
            let last = try #require(try await house.events(.importSession("s1")).last)
            #expect(last.type == .importFinished)
            #expect(last.traceparent == "00-session-01")
            let progress = try JSONDecoder().decode(ImportProgress.self, from: last.data)
            #expect(progress.finished)
            #expect(progress.progress == 100)
            // One job more than the session waits for: nothing is told after the end.
            _ = try await house.handler.handle(try await asked(house, id: "more", version: 6))
            #expect(try await session(house).snapshotsDone == 1)
            #expect(try await house.events(.importSession("s1")).count == 1)
        }
    }

    @Test func `a territory that is gone has nothing to tell, and its session goes on`() async throws {
        try await SnapshotHouse.with { house async throws in
            try await SampleTerritory.fill(house)
            try await open(house, awaiting: ["T9"])
            let job = try await asked(house, territory: "T9", version: 5)
            #expect(try await house.handler.handle(job) == .done)
            #expect(try await house.events(.territory("T9")).isEmpty)
            #expect(try await session(house).snapshotsDone == 1)
            #expect(try await house.catalog.isApplied(job.id))
        }
    }

    /// Seen red while `abandon` wrote the mark: a worker that died, or a broker that refused, before the dead letter
    /// was safe left a marked job, which the runtime acknowledges unburied.
    @Test func `an abandoned job ends its session's waiting and leaves the mark to its dead letter`() async throws {
        try await SnapshotHouse.with { house async throws in
            try await SampleTerritory.fill(house)
            try await open(house, awaiting: ["T1"])
            let job = try await asked(house, version: 5)
            try await house.handler.abandon(job, because: "tried 9 times")
            #expect(try await house.catalog.isApplied(job.id) == false)
            #expect(try await session(house).isFinished)
            #expect(try await house.events(.importSession("s1")).map(\.type) == [.importFinished])
            #expect(try await house.events(.territory("T1")).isEmpty)
            #expect(try await house.publisher.manifest(of: "T1") == nil)
        }
    }

    /// Seen red while the handler counted without the catalog's note of what a session waits for.
    @Test func `a job that is abandoned twice, and made good by a replay, counts once`() async throws {
        try await SnapshotHouse.with { house async throws in
            try await SampleTerritory.fill(house)
            try await open(house, awaiting: ["T1", "T2"])
            let job = try await asked(house, version: 5)
            for _ in 0..<2 { try await house.handler.abandon(job, because: "tried 9 times") }
            #expect(try await session(house).snapshotsDone == 1)
            #expect(try await house.handler.handle(job) == .done)
            #expect(try await session(house).snapshotsDone == 1)
            #expect(try await house.events(.importSession("s1")).map(\.type) == [.importProgress])
            #expect(try await house.events(.territory("T1")).count == 1)
        }
    }

    @Test func `a session does not count what it does not wait for`() async throws {
        try await SnapshotHouse.with { house async throws in
            try await SampleTerritory.fill(house)
            try await open(house, awaiting: ["T2"])
            #expect(try await house.handler.handle(try await asked(house, version: 5)) == .done)
            #expect(try await session(house).snapshotsDone == 0)
            #expect(try await house.events(.importSession("s1")).isEmpty)
        }
    }

    /// Opens a session that has merged and waits for the snapshots of territories.
    private func open(_ house: SnapshotHouse, awaiting territories: [String]) async throws {
        try await house.catalog.write { writer in
            var session = ImportSession(
                sessionID: "s1", userID: "u", schemaID: "x", schemaVersion: "1", createdAt: "2026-11-24T05:00:00.000Z",
                traceparent: "00-session-01")
            session.status = .completed
            session.stage = .snapshots
            session.snapshotsTotal = territories.count
            try writer.save(session)
            try writer.awaitSnapshots(of: territories, session: "s1")
        }
    }

    private func session(_ house: SnapshotHouse) async throws -> ImportSession {
        try #require(try await house.catalog.read { try $0.session("s1") })
    }

    /// Asks for a snapshot as a merge does, and returns the job as a worker has it.
    private func asked(
        _ house: SnapshotHouse, id: String = "job", territory: String = "T1", version: Int64
    ) async throws -> Job<RegenerateSnapshotJob> {
        let payload = RegenerateSnapshotJob(territoryID: territory, version: version, sessionID: "s1")
        try await house.catalog.write { try $0.enqueue(JobRequest(id: id, payload, about: .territory(territory))) }
        return Job(id: id, payload: payload, attempt: 1, traceparent: "00-a-b-01", logger: .quiet)
    }
}
