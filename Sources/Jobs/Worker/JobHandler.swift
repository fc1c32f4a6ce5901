package import Domain
package import Foundation
package import Logging

/// A job in the hands of its handler.
package struct Job<Payload: JobPayload>: Sendable {
    /// The deduplication key: mark it applied in the transaction of the effect.
    package let id: String
    package let payload: Payload
    /// 1 for the first attempt; retries and redeliveries both count.
    package let attempt: Int
    package let traceparent: String?
    /// What an earlier run saved of how far it was.
    package let checkpoint: Data?
    /// Names the job in what it logs. Made when asked for: most runs say nothing.
    package var logger: Logger { makeLogger() }
    private let makeLogger: @Sendable () -> Logger
    private let keep: @Sendable (Data) async throws -> Void

    package init(
        id: String, payload: Payload, attempt: Int, traceparent: String?, checkpoint: Data? = nil,
        logger: @escaping @autoclosure @Sendable () -> Logger,
        keep: @escaping @Sendable (Data) async throws -> Void = { _ in }
    ) {
        self.id = id
        self.payload = payload
        self.attempt = attempt
        self.traceparent = traceparent
        self.checkpoint = checkpoint
        makeLogger = logger
        self.keep = keep
    }

    /// Keeps how far the job is, for the run after a crash. A catalog transaction each time: every few seconds is enough.
    /// - Throws: `LeaseLost` when another worker has taken the job over; what the catalog throws.
    package func save(checkpoint: Data) async throws { try await keep(checkpoint) }
}

/// How a handler's work ended.
package enum Disposition: Sendable, Equatable {
    /// The effect is in the catalog, or was there before.
    case done
    /// Not now: again after a delay of at least `after`, or after one that grows with each attempt.
    case retry(after: Duration? = nil, reason: String)
    /// It is not the job's turn: again after a delay of at least `after`. Waiting is no attempt.
    case later(after: Duration, reason: String)
    /// Never: the job is abandoned and its message kept as a dead letter.
    case dead(reason: String)

    /// An error thrown is a retry.
    init(_ result: Result<Disposition, any Error>) {
        switch result {
        case .success(let disposition): self = disposition
        case .failure(let error): self = .retry(reason: "\(error)")
        }
    }
}

/// What a kind of job does.
///
/// A handler may run any number of times for one job and must have its effect once: it writes the job's mark in the
/// transaction of the effect. An error thrown is a retry.
package protocol JobHandler<Payload>: Sendable {
    associatedtype Payload: JobPayload

    /// Does the work.
    func handle(_ job: Job<Payload>) async throws -> Disposition

    /// Runs instead of `handle` on the last delivery, and after `.dead`: leaves whatever waits for the job in a
    /// state that says why it will not come. It leaves the job's mark alone: the mark of a dead job is written when
    /// its dead letter is recorded, and a marked job is not buried.
    func abandon(_ job: Job<Payload>, because reason: String) async throws
}
