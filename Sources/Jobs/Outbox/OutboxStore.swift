package import Domain

/// Where transactions leave what is to be published. The catalog's adapters implement it.
package protocol OutboxStore: Sendable {
    /// Becomes, or stays, the one relay for `seconds`; false while another holds the lease.
    func holdRelayLease(owner: String, seconds: Int) async throws -> Bool

    /// Gives the lease up, so that another relay need not wait for its end.
    func releaseRelayLease(owner: String) async throws

    /// The oldest entries that are due, in the order in which they were written. Events after one that was put off are
    /// not due before it.
    func dueEntries(limit: Int) async throws -> [OutboxEntry]

    /// Forgets entries that the broker has confirmed.
    func remove(_ ids: [Int64]) async throws

    /// Puts an entry off that no queue took.
    func postpone(_ id: Int64, seconds: Int) async throws

    /// Takes out an entry that no broker can carry. A job becomes a dead letter; an event is left out, and the number
    /// that its subject's sequence then skips tells whoever follows it.
    func bury(_ entry: OutboxEntry, because reason: String) async throws

    /// Puts every job of these queues that has had no effect into the outbox: the broker lost its message, or may have. One
    /// that is there already gets a new entry in place of the old, which may have been published before the loss and
    /// be about to be removed.
    /// - Returns: how many.
    func putAgain(jobsOf queues: Set<WorkQueue>) async throws -> Int

    /// Waits until something may have been written, by this process or another, or for at most `limit`.
    func waitForEntries(atMost limit: Duration) async

    /// Incarnation of the event log; a new one when `lost` says that the log of the old one is gone.
    func eventLogIncarnation(lost: Bool) async throws -> String

    /// Whether an event was ever published under the present incarnation.
    func eventLogWasUsed() async throws -> Bool
}

/// Something to be published.
package struct OutboxEntry: Sendable, Equatable {
    /// A job or an event.
    package enum Content: Sendable, Equatable {
        case job(JobRequest)
        case event(DomainEvent)
    }

    /// Position in the outbox; grows.
    package let id: Int64
    package let content: Content

    package init(id: Int64, content: Content) {
        self.id = id
        self.content = content
    }

    /// Whether it tells something, and does not ask for something.
    package var isEvent: Bool {
        if case .event = content { true } else { false }
    }

    /// The message for the broker; events are stamped with the log's incarnation.
    package func outbound(log: String) -> OutboundMessage {
        switch content {
        case .job(let request): JobEnvelope(request: request).outbound
        case .event(let event): EventEnvelope(event: event, log: log).outbound
        }
    }
}
