package import Domain
import Foundation

/// Reads what jobs and events left behind.
package protocol EffectReader {
    /// The last thing told of a subject; nil when nothing ever was.
    func state(of topic: Topic) throws -> SubjectState?

    /// Jobs asked for whose effect is not there yet, by work queue.
    func pendingJobs() throws -> [PendingJobs]
}

/// What a transaction leaves to be published, and the marks that make its effect happen once.
package protocol EffectWriter {
    /// Asks for a job. A request whose id was asked for before is left out: asking is idempotent.
    func enqueue(_ request: JobRequest) throws

    /// Tells of a subject's new state: gives it the subject's next sequence number, keeps the state, publishes it.
    func tell(_ type: EventType, about topic: Topic, state: some Encodable & Sendable, traceparent: String?) throws

    /// Writes the mark of a job's effect. False when it stands already: the caller then changes nothing.
    func markApplied(_ jobID: String) throws -> Bool
}

/// Jobs of one queue whose effect is not there yet.
package struct PendingJobs: Sendable, Equatable {
    package let queue: String
    package let count: Int
    /// Of these, how many still lie in the outbox.
    package let unpublished: Int
    /// Age of the oldest, seconds.
    package let oldestSeconds: Double

    package init(queue: String, count: Int, unpublished: Int, oldestSeconds: Double) {
        self.queue = queue
        self.count = count
        self.unpublished = unpublished
        self.oldestSeconds = oldestSeconds
    }
}
