package import Domain
package import Foundation

/// A message that will not be tried again unless somebody says so.
package struct DeadLetter: Sendable, Equatable {
    /// Made by the catalog.
    package var id: Int64
    package var queue: String
    /// Id of the job; empty for a message that had none.
    package var jobID: String
    package var type: String
    package var subject: String
    package var reason: String
    package var attempts: Int
    package var traceparent: String?
    /// ISO 8601 instants, UTC.
    package var diedAt: String
    package var replayedAt: String?
    package var body: Data

    package init(
        id: Int64 = 0, queue: String, jobID: String, type: String, subject: String, reason: String, attempts: Int,
        traceparent: String?, diedAt: String, replayedAt: String? = nil, body: Data
    ) {
        self.id = id
        self.queue = queue
        self.jobID = jobID
        self.type = type
        self.subject = subject
        self.reason = reason
        self.attempts = attempts
        self.traceparent = traceparent
        self.diedAt = diedAt
        self.replayedAt = replayedAt
        self.body = body
    }
}

/// Reads dead letters.
package protocol DeadLetterReader {
    /// Dead letters that were not replayed, newest first.
    func deadLetters(queue: String?, limit: Int) throws -> [DeadLetter]

    /// Dead letters about a subject that were not replayed, newest first.
    func deadLetters(about topic: Topic, limit: Int) throws -> [DeadLetter]

    func deadLetter(_ id: Int64) throws -> DeadLetter?

    /// Number of dead letters not replayed, by work queue.
    func deadLetterCounts() throws -> [String: Int]
}

/// Changes dead letters.
package protocol DeadLetterWriter {
    /// Keeps a dead letter. One with the same job, queue and time of death is left alone: recording is idempotent.
    func record(_ letter: DeadLetter) throws

    /// Counts a dead letter as replayed.
    func markReplayed(_ id: Int64, at instant: String) throws

    /// Forgets the dead letters of a work queue that were not replayed. Returns how many there were.
    func purgeDeadLetters(queue: String) throws -> Int

    /// Takes back the mark of a job's effect and asks for the job again under its id.
    func reopen(jobID: String, queue: String) throws
}
