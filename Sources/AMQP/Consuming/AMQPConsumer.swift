/// Deliveries of one queue, as they come: `for try await delivery in consumer`.
///
/// The sequence ends when `cancel()` was called or the task is cancelled, and throws when the queue was deleted
/// (`consumerCancelled`), when it could not be restored, or when the client was shut down. Lost connections in between are
/// not seen, except that deliveries in hand can no longer be settled (`ack()` returns false) and come again.
/// Several tasks may iterate at once; each delivery goes to one of them.
public final class AMQPConsumer: AsyncSequence, Sendable {
    /// Deliveries.
    public typealias Element = AMQPDelivery
    /// What ends the sequence early.
    public typealias Failure = AMQPError

    /// The queue.
    public let queue: String
    /// The consumer tag.
    public let tag: String
    private let mailbox: DeliveryMailbox
    private let onCancel: @Sendable (CheckedContinuation<Void, Never>?) -> Void

    init(
        queue: String, tag: String, mailbox: DeliveryMailbox,
        onCancel: @escaping @Sendable (CheckedContinuation<Void, Never>?) -> Void
    ) {
        self.queue = queue
        self.tag = tag
        self.mailbox = mailbox
        self.onCancel = onCancel
    }

    deinit { onCancel(nil) }

    /// Stops the deliveries and ends the sequence; returns when the broker has confirmed it.
    ///
    /// Deliveries in hand can still be settled. Those that nobody took go back to the queue.
    public func cancel() async {
        await withCheckedContinuation { onCancel($0) }
    }

    /// Takes one delivery after another.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let consumer: AMQPConsumer

        /// The next delivery; nil when the consumer was cancelled, or the calling task was.
        public mutating func next() async throws(AMQPError) -> AMQPDelivery? {
            try await consumer.mailbox.next()
        }

        /// As `next()`.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(AMQPError) -> AMQPDelivery? {
            try await consumer.mailbox.next()
        }
    }

    /// An iterator; every iterator takes from the same deliveries.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(consumer: self) }
}
