import Catalog
package import Domain
import Foundation
import Jobs

extension OperationsService {
    /// Has no more jobs taken from a work queue, on any host; jobs in hand finish. Pausing it again changes nothing.
    /// - Throws: `RequestError`: 404 for a queue that there is not.
    package func pause(queue name: String, by user: UserContext) async throws -> QueueStatus {
        let queue = try demandQueue(name, of: user)
        try await catalog.write { writer in
            try writer.pause(
                PausedQueue(name: queue.rawValue, pausedBy: user.userId, pausedAt: Date.now.iso8601))
        }
        return try await told(queue)
    }

    /// Ends a pause. Resuming a queue that is not paused changes nothing.
    /// - Throws: `RequestError`: 404 for a queue that there is not.
    package func resume(queue name: String, by user: UserContext) async throws -> QueueStatus {
        let queue = try demandQueue(name, of: user)
        _ = try await catalog.write { try $0.resume(queue: queue.rawValue) }
        return try await told(queue)
    }

    private func demandQueue(_ name: String, of user: UserContext) throws(RequestError) -> WorkQueue {
        try Self.demandAdministrator(user)
        guard let queue = WorkQueue(rawValue: name) else {
            let known = WorkQueue.allCases.map(\.rawValue).joined(separator: ", ")
            throw RequestError(status: 404, "there is no work queue \(name.prefix(100)): \(known).")
        }
        return queue
    }

    /// Tells the workers, and how the queue stands now.
    private func told(_ queue: WorkQueue) async throws -> QueueStatus {
        do {
            try await ControlSignal(broker: broker).lookAgain()
        } catch {
            // It stands in the catalog: workers look by themselves every few seconds, also while the broker is away.
        }
        let state = try await sampleQueues()
        guard let status = state.queues.first(where: { $0.name == queue.rawValue }) else {
            throw RequestError(status: 500, "the queue \(queue.rawValue) is not sampled.")
        }
        return status
    }
}
