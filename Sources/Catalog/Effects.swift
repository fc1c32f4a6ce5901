package import Domain
package import Foundation

/// Reads what jobs and events left behind.
package protocol EffectReader {
    /// The last thing told of a subject; nil when nothing ever was.
    func state(of topic: Topic) throws -> SubjectState?

    /// Jobs asked for whose effect is not there yet, by work queue.
    func pendingJobs() throws -> [PendingJobs]

    /// Jobs about a subject without effect yet, the oldest first.
    func openJobs(about topic: Topic, limit: Int) throws -> [OpenJob]

    /// Jobs that were asked for and that were done since `instant`, by work queue; queues without any are left out.
    func jobCounts(since instant: Date) throws -> [JobCounts]

    /// Work queues from which no more jobs are taken, by name.
    func pausedQueues() throws -> [PausedQueue]

    /// Everything that waits for the broker.
    func outboxState() throws -> OutboxState

    /// Jobs and events that wait for the broker; counts no further than `limit`.
    func outboxDepth(upTo limit: Int) throws -> Int
}

/// What a transaction leaves to be published, and the marks that make its effect happen once.
package protocol EffectWriter {
    /// Asks for a job. A request whose id was asked for before is left out: asking is idempotent.
    func enqueue(_ request: JobRequest) throws

    /// Tells of a subject's new state: gives it the subject's next sequence number, keeps the state, publishes it.
    func tell(_ type: EventType, about topic: Topic, state: some Encodable & Sendable, traceparent: String?) throws

    /// Takes back every job about a subject that had no effect yet: marks it as if it had, so that none is run, and as
    /// cancelled, so that a running one can be told.
    /// - Parameter queue: the only work queue whose jobs are meant; nil for all.
    /// - Returns: how many.
    @discardableResult
    func cancelJobs(about topic: Topic, in queue: String?) throws -> Int

    /// Has no more jobs taken from a work queue; one that is paused already stays as it is.
    func pause(_ queue: PausedQueue) throws

    /// Ends a pause. False when there was none.
    func resume(queue: String) throws -> Bool

    /// Writes the mark of a job's effect. False when it stands already: the caller then changes nothing.
    func markApplied(_ jobID: String) throws -> Bool
}

/// What became of one queue's jobs over a while.
package struct JobCounts: Sendable, Equatable {
    package let queue: String
    package let asked: Int
    /// Had their effect, or were given up.
    package let done: Int

    package init(queue: String, asked: Int, done: Int) {
        self.queue = queue
        self.asked = asked
        self.done = done
    }
}

/// A work queue from which no more jobs are taken.
package struct PausedQueue: Sendable, Equatable {
    package let name: String
    package let pausedBy: String
    /// ISO 8601 instant, UTC.
    package let pausedAt: String

    package init(name: String, pausedBy: String, pausedAt: String) {
        self.name = name
        self.pausedBy = pausedBy
        self.pausedAt = pausedAt
    }
}

/// How much waits for the broker, and how long the oldest of it has.
package struct OutboxState: Sendable, Equatable {
    package let entries: Int
    /// 0 when nothing waits.
    package let oldestSeconds: Double

    package init(entries: Int, oldestSeconds: Double) {
        self.entries = entries
        self.oldestSeconds = oldestSeconds
    }
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

extension EffectWriter {
    /// Asks for the snapshot of a territory that changed.
    /// - Parameters:
    ///   - session: the import session that waits for it, if one does.
    ///   - again: tells a repeated wish from the first one, whose job is done or lost.
    package func enqueueSnapshot(
        of territory: String, version: Int64, session: String? = nil, traceparent: String? = nil, again: String = ""
    ) throws {
        let topic = Topic.territory(territory)
        try enqueue(
            JobRequest(
                id: "\(topic):snapshot-\(version)\(again)",
                RegenerateSnapshotJob(territoryID: territory, version: version, sessionID: session), about: topic,
                traceparent: traceparent))
    }
}
