import Catalog
import Domain
import Foundation
import Jobs
import Operations
import Testing

/// Dead letters as an administrator lists, reads and replays them.
struct DeadLetterServiceTests {
    @Test func `dead letters are the administrator's alone`() async throws {
        try await OperationsHouse.with { house async throws in
            try await house.ask("job-1")
            let id = try await house.record(.sample())
            let user = UserContext(userId: "u", role: .gtPlanner)
            let calls: [@Sendable () async throws -> Void] = [
                { _ = try await house.service.deadLetters(queue: nil, limit: 9, for: user) },
                { _ = try await house.service.deadLetter(id, for: user) },
                { _ = try await house.service.deadLetter(id + 1, for: user) },
                { _ = try await house.service.replay(id, by: user) },
                { _ = try await house.service.purge(queue: "import.resolve", by: user) },
            ]
            for call in calls {
                let error = await #expect(throws: RequestError.self) { try await call() }
                #expect(error?.code == .insufficientPermissions)
            }
            #expect(try await house.letters().count == 1)
            #expect(try await house.catalog.isApplied("job-1"))
        }
    }

    @Test(arguments: [(-5, 1), (0, 1), (1, 1), (2, 2), (1000, 3), (Int.max, 3)])
    func `letters are listed newest first, up to a limit brought within bounds`(
        _ limit: Int, _ wanted: Int
    ) async throws {
        try await OperationsHouse.with { house async throws in
            for number in 1...3 { try await house.record(.sample("job-\(number)")) }
            let listed = try await house.service.deadLetters(queue: nil, limit: limit, for: house.admin)
            #expect(listed.map(\.jobId) == ["job-3", "job-2", "job-1"].prefix(wanted).map { $0 })
        }
    }

    @Test func `a purge forgets one queue's letters and nothing else`() async throws {
        try await OperationsHouse.with { house async throws in
            try await house.ask("job-1")
            try await house.record(.sample("job-1"))
            try await house.record(.sample("job-2"))
            try await house.record(.sample("job-3", queue: "import.merge"))
            #expect(try await house.service.purge(queue: "import.resolve", by: house.admin) == 2)
            #expect(try await house.letters().map(\.jobID) == ["job-3"])
            #expect(try await house.service.purge(queue: "import.resolve", by: house.admin) == 0)
            // A copy of the job that is still on its way is not run after all.
            #expect(try await house.catalog.isApplied("job-1"))
        }
    }

    @Test func `letters are listed by queue`() async throws {
        try await OperationsHouse.with { house async throws in
            try await house.record(.sample("job-1"))
            try await house.record(.sample("job-2", queue: "import.merge"))
            let listed = try await house.service.deadLetters(queue: "import.merge", limit: 9, for: house.admin)
            #expect(listed.map(\.jobId) == ["job-2"])
            #expect(try await house.service.deadLetters(queue: "nowhere", limit: 9, for: house.admin).isEmpty)
        }
    }

    @Test func `a letter is shown with all that is known of it`() async throws {
        try await OperationsHouse.with { house async throws in
            try await house.openSession(.failed, error: "tried 9 times")
            let id = try await house.record(.sample(body: Data(repeating: UInt8(ascii: "x"), count: 5000)))
            let report = try await house.service.deadLetter(id, for: house.admin)
            #expect(report.id == id)
            #expect(report.queue == "import.resolve")
            #expect(report.type == JobType.resolve.rawValue)
            #expect(report.subject == "import:s1")
            #expect(report.reason == "tried 9 times")
            #expect(report.attempts == 9)
            #expect(report.traceparent == "00-a-b-01")
            #expect(report.diedAt == "2026-11-24T05:00:00.000Z")
            #expect(report.replayable)
            #expect(report.payload.count == 4096)
            #expect(report.replay.contains("session s1 of somchai, which is FAILED (tried 9 times)"))
        }
    }

    @Test func `bytes that are no text are shown all the same`() async throws {
        try await OperationsHouse.with { house async throws in
            let id = try await house.record(.sample(body: Data([0, 255, 254, 65])))
            #expect(try await house.service.deadLetter(id, for: house.admin).payload.hasSuffix("A"))
        }
    }

    /// Seen red without the job reopened: the letter counted as replayed and nothing ran.
    @Test func `a replay asks for the job again under its id`() async throws {
        try await OperationsHouse.with { house async throws in
            let request = try await house.ask("job-1")
            try await house.relay()
            let id = try await house.record(.sample())
            #expect(try await house.catalog.isApplied("job-1"))
            let report = try await house.service.replay(id, by: house.admin)
            #expect(report.replayedAt != nil)
            #expect(!report.replayable)
            #expect(try await house.letters().isEmpty)
            #expect(try await house.catalog.isApplied("job-1") == false)
            #expect(try await house.catalog.dueEntries(limit: 9).map(\.content) == [.job(request)])
            #expect(try await house.service.deadLetter(id, for: house.admin).replayedAt == report.replayedAt)
        }
    }

    @Test func `a letter is replayed once, also by two at once`() async throws {
        try await OperationsHouse.with { house async throws in
            try await house.ask("job-1")
            try await house.relay()
            let id = try await house.record(.sample())
            let refusals = await withTaskGroup(of: RequestError?.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        do {
                            _ = try await house.service.replay(id, by: house.admin)
                            return nil
                        } catch {
                            return error as? RequestError
                        }
                    }
                }
                return await group.reduce(into: [RequestError]()) { if let error = $1 { $0.append(error) } }
            }
            #expect(refusals.map(\.status) == [409, 409, 409])
            #expect(refusals.allSatisfy { $0.message.contains("was replayed at") })
            #expect(try await house.catalog.dueEntries(limit: 9).count == 1)
        }
    }

    @Test(arguments: [0, 99, -1, Int64.max]) func `an unknown letter is not found`(_ id: Int64) async throws {
        try await OperationsHouse.with { house async throws in
            try await house.record(.sample())
            for call in [house.service.replay(_:by:), house.service.deadLetter(_:for:)] {
                let error = await #expect(throws: RequestError.self) { try await call(id, house.admin) }
                #expect(error?.status == 404)
            }
        }
    }

    /// Seen red with the refusal outside the transaction: the letter counted as replayed.
    @Test(arguments: [DeadLetter.sample("stranger"), .sample(""), .sample("job-1", type: "io.stranger.v1")])
    func `what cannot be replayed is refused and stays listed`(_ letter: DeadLetter) async throws {
        try await OperationsHouse.with { house async throws in
            try await house.ask("job-1")
            try await house.relay()
            let id = try await house.record(letter)
            let error = await #expect(throws: RequestError.self) {
                try await house.service.replay(id, by: house.admin)
            }
            #expect(error?.status == 409)
            #expect(error?.message.contains("dead letter \(id)") == true)
            #expect(try await house.letters().map(\.id) == [id])
            #expect(try await house.catalog.dueEntries(limit: 9).isEmpty)
        }
    }
}
