package import Domain
import Foundation
import Jobs

extension OperationsService {
    /// How every work queue stands, in the order of `WorkQueue`. Works without the broker: each entry then says so.
    /// - Throws: `RequestError` for anybody but an administrator; what the catalog throws.
    package func queues(for user: UserContext) async throws -> [QueueStatus] {
        try Self.demandAdministrator(user)
        return try await sampleQueues().queues
    }

    func sampleQueues() async throws -> QueuesState {
        let depths = await brokerDepths()
        let since = Date.now.addingTimeInterval(-QueueStatus.ratesOver)
        let (pending, dead, paused, rates) = try await catalog.read { reader in
            (
                try reader.pendingJobs(), try reader.deadLetterCounts(), try reader.pausedQueues(),
                try reader.jobCounts(since: since)
            )
        }
        return QueuesState(
            queues: WorkQueue.allCases.map { queue in
                QueueStatus(
                    of: queue, pending: pending.first { $0.queue == queue.rawValue },
                    recordedDead: dead[queue.rawValue] ?? 0, depths: depths?[queue],
                    pause: paused.first { $0.name == queue.rawValue },
                    rates: rates.first { $0.queue == queue.rawValue })
            })
    }

    /// Asks for all queues at once, so that a broker that is away costs one time-out; nil when it was not reached.
    private func brokerDepths() async -> [WorkQueue: BrokerDepths]? {
        await withTaskGroup(of: (WorkQueue, BrokerDepths)?.self) { group in
            for queue in WorkQueue.allCases {
                group.addTask { [broker] in
                    do throws(BrokerError) {
                        let work = try await broker.depth(of: queue.rawValue)
                        let dead = try await broker.depth(of: queue.deadLetterQueue)
                        return (queue, BrokerDepths(work: work, dead: dead))
                    } catch {
                        // An answer that is missing is what the caller wants to know; each entry's note says it.
                        return nil
                    }
                }
            }
            var depths: [WorkQueue: BrokerDepths] = [:]
            for await answer in group {
                if let answer { depths[answer.0] = answer.1 }
            }
            return depths.count == WorkQueue.allCases.count ? depths : nil
        }
    }
}
