package import Domain
import Foundation
package import Logging

/// A work queue, the handler of its jobs, and how they are run.
package struct WorkerQueue: Sendable {
    /// One run of a job.
    struct Run: Sendable {
        let envelope: JobEnvelope
        let attempt: Int
        var checkpoint: Data?
        let plainLogger: Logger
        var keep: @Sendable (Data) async throws -> Void = { _ in }

        /// Names the job in what it logs.
        var logger: Logger {
            var logger = plainLogger
            logger[metadataKey: "job"] = "\(envelope.request.id)"
            logger[metadataKey: "subject"] = "\(envelope.request.subject)"
            return logger
        }
    }

    package let queue: WorkQueue
    package let policy: QueuePolicy
    let run: @Sendable (Run) async throws -> Disposition
    let abandon: @Sendable (Run, _ reason: String) async throws -> Void

    package init<Handler: JobHandler>(_ queue: WorkQueue, _ policy: QueuePolicy, handler: Handler) {
        self.queue = queue
        self.policy = policy
        run = { run in
            guard let job = Self.job(run, as: Handler.Payload.self) else {
                return .dead(reason: "the payload is not that of \(run.envelope.request.type.rawValue)")
            }
            return try await handler.handle(job)
        }
        abandon = { run, reason in
            guard let job = Self.job(run, as: Handler.Payload.self) else { return }
            try await handler.abandon(job, because: reason)
        }
    }

    /// With the retries that every queue has unless it is told otherwise.
    package init<Handler: JobHandler>(_ queue: WorkQueue, concurrency: Int, handler: Handler) {
        self.init(queue, QueuePolicy(concurrency: concurrency), handler: handler)
    }

    private static let decoder = JSONDecoder()

    private static func job<Payload: JobPayload>(_ run: Run, as type: Payload.Type) -> Job<Payload>? {
        let request = run.envelope.request
        do {
            return Job(
                id: request.id, payload: try decoder.decode(Payload.self, from: request.data),
                attempt: run.attempt, traceparent: request.traceparent, checkpoint: run.checkpoint,
                logger: run.logger, keep: run.keep)
        } catch {
            run.logger.warning("payload not read", metadata: ["error": "\(error)"])
            return nil
        }
    }
}
