/// What the job runtime needs of a message broker. Adapters pass the conformance suite in `Tests/JobsConformance`.
package protocol Broker: Sendable {
    /// Publishes and returns once the broker has confirmed every message: it survives a restart of the broker.
    /// - Throws: `.unroutable` when no queue takes one; the others may have been confirmed. Publishing again under the same id is
    ///   safe: consumers drop the twin.
    func publish(_ messages: [OutboundMessage]) async throws(BrokerError)

    /// Consumes a work or dead-letter queue; at most `prefetch` deliveries are unsettled at a time.
    func subscribe(to queue: String, prefetch: Int) async throws(BrokerError) -> BrokerSubscription

    /// Reads a stream from `position` on, without settling: each delivery carries its offset. A lost connection ends it
    /// with `.unavailable`: the reader looks for its place again.
    func read(stream: String, from position: LogPosition) async throws(BrokerError) -> BrokerSubscription

    /// Hears what is published to a fanout exchange from now on, until the subscription ends; nothing is kept for a
    /// listener that is away, and nothing is settled. A lost connection ends it with an error: listen again.
    func listen(to exchange: String) async throws(BrokerError) -> BrokerSubscription

    /// Messages and consumers of a queue; nil when there is no such queue. Says nothing of how much a stream holds.
    func depth(of queue: String) async throws(BrokerError) -> QueueDepth?
}

/// Where to begin reading a stream.
package enum LogPosition: Sendable, Equatable {
    case first
    case next
    case offset(Int64)
}

/// What a broker says of a queue.
package struct QueueDepth: Sendable, Equatable {
    /// Messages waiting to be delivered; 0 for a stream, whatever it holds (so RabbitMQ answers).
    package var ready: Int
    package var consumers: Int

    package init(ready: Int, consumers: Int) {
        self.ready = ready
        self.consumers = consumers
    }
}

/// A running consumer.
package struct BrokerSubscription: Sendable {
    /// Never holds more than the prefetch. Ends with a `BrokerError` when the broker ends it (queue deleted), and
    /// without one after `cancel`.
    package let deliveries: Deliveries
    private let onCancel: @Sendable () -> Void

    /// - Parameter next: the next delivery, or the end, again and again; several tasks may wait for it at once.
    package init(
        next: @escaping @Sendable () async throws -> Delivery?, onCancel: @escaping @Sendable () -> Void
    ) {
        deliveries = Deliveries(next: next)
        self.onCancel = onCancel
    }

    /// Asks for no more deliveries and returns at once. Those in hand can still be settled; the sequence ends.
    package func cancel() { onCancel() }
}

/// What a subscription delivers. Several tasks may iterate at once; each delivery goes to one of them.
package struct Deliveries: AsyncSequence, Sendable {
    fileprivate let next: @Sendable () async throws -> Delivery?

    package func makeAsyncIterator() -> Iterator { Iterator(deliveries: self) }

    package struct Iterator: AsyncIteratorProtocol {
        fileprivate let deliveries: Deliveries

        /// The next delivery; nil at the end, and for a task that is cancelled: it could do nothing for the delivery.
        package mutating func next() async throws -> Delivery? {
            Task.isCancelled ? nil : try await deliveries.next()
        }
    }
}
