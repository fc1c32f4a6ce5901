import Domain
import Foundation
import Logging

/// A work queue, the handler of its jobs, and how many may run at once.
package struct WorkerQueue: Sendable {
    package let queue: WorkQueue
    /// Jobs at once; also the prefetch.
    package let concurrency: Int
    let run: @Sendable (JobEnvelope, _ attempt: Int, Logger) async throws -> Disposition
    let abandon: @Sendable (JobEnvelope, _ attempt: Int, _ reason: String, Logger) async throws -> Void

    package init<Handler: JobHandler>(_ queue: WorkQueue, concurrency: Int, handler: Handler) {
        self.queue = queue
        self.concurrency = max(1, concurrency)
        run = { envelope, attempt, logger in
            guard let job = Self.job(envelope, attempt, logger, as: Handler.Payload.self) else {
                return .dead(reason: "the payload is not that of \(envelope.request.type.rawValue)")
            }
            return try await handler.handle(job)
        }
        abandon = { envelope, attempt, reason, logger in
            guard let job = Self.job(envelope, attempt, logger, as: Handler.Payload.self) else { return }
            try await handler.abandon(job, because: reason)
        }
    }

    private static func job<Payload: JobPayload>(
        _ envelope: JobEnvelope, _ attempt: Int, _ logger: Logger, as type: Payload.Type
    ) -> Job<Payload>? {
        let request = envelope.request
        do {
            return Job(
                id: request.id, payload: try JSONDecoder().decode(Payload.self, from: request.data),
                attempt: attempt, traceparent: request.traceparent, logger: logger)
        } catch {
            logger.warning("payload not read", metadata: ["error": "\(error)"])
            return nil
        }
    }
}
