import Domain
import Jobs
import JobsConformance
import TestSupport
import Testing

/// The keeper between a real catalog file and the in-memory broker.
@Suite(.timeLimit(.minutes(1)))
struct QueueKeeperTests {
    /// Seen red with nothing put again (the simulation's planted bug `lostQueueForgotten` as well).
    @Test func `the jobs of a queue that is gone are in the outbox before it is declared`() async throws {
        try await RelayHouse.with { house in
            try await publishTwo(house)
            house.memory.deleteQueue(WorkQueue.importResolve.rawValue)
            try await house.keeper {
                let waiting = try await house.waiting()
                #expect(waiting == ["job-1", "job-2"], "a crash here must find them")
            }.keep()
            #expect(try await house.memory.depth(of: WorkQueue.importResolve.rawValue)?.ready == 0)
            #expect(try await house.waiting() == ["job-1", "job-2"])
        }
    }

    /// The old entry may have been published before the queue was gone, and be removed afterwards.
    @Test func `what had its effect or lay elsewhere is not put again; what waits already gets a new entry`()
        async throws
    {
        try await RelayHouse.with { house in
            try await publishTwo(house)
            _ = try await house.catalog.write { try $0.markApplied("job-1") }
            try await house.ask(["job-3"])
            house.memory.deleteQueue(WorkQueue.importMerge.rawValue)
            try await house.keeper().keep()
            #expect(try await house.waiting() == ["job-3"])
            let published = try await house.catalog.dueEntries(limit: 9).map(\.id)
            house.memory.deleteQueue(WorkQueue.importResolve.rawValue)
            try await house.keeper().keep()
            try await house.catalog.remove(published)
            #expect(try await house.waiting() == ["job-2", "job-3"])
        }
    }

    @Test func `a delay queue may have held a job of any queue`() async throws {
        try await RelayHouse.with { house in
            try await publishTwo(house)
            house.memory.deleteQueue(DelayQueue.tenSeconds.rawValue)
            try await house.keeper().keep()
            #expect(try await house.waiting() == ["job-1", "job-2"])
        }
    }

    /// Asks for two jobs, whose messages the broker has taken.
    private func publishTwo(_ house: RelayHouse) async throws {
        try await house.ask(["job-1", "job-2"])
        try await house.catalog.remove(try await house.catalog.dueEntries(limit: 9).map(\.id))
    }
}

extension RelayHouse {
    fileprivate func keeper(_ beforeDeclaring: @escaping @Sendable () async throws -> Void = {}) -> QueueKeeper {
        let memory = memory
        return QueueKeeper(
            broker: memory, store: catalog,
            declare: { _ in
                try await beforeDeclaring()
                memory.declare(try .truth)
            }, logger: .quiet)
    }

    fileprivate func waiting() async throws -> [String] {
        try await catalog.dueEntries(limit: 9).compactMap {
            if case .job(let job) = $0.content { job.id } else { nil }
        }
    }
}
