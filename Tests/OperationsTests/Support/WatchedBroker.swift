import Jobs
import Synchronization
import TestSupport

/// A broker that tells of every acknowledgement, and loses as many of the first ones as a test wants, as a connection
/// does that breaks under them.
final class WatchedBroker: Broker {
    /// Ids of acknowledged messages, empty for one without.
    let acknowledged = Signals<String>()
    /// Ids of messages whose acknowledgement was lost.
    let lost = Signals<String>()
    private let inner: InMemoryBroker
    private let losses: Mutex<Int>

    init(_ inner: InMemoryBroker, losing losses: Int = 0) {
        self.inner = inner
        self.losses = Mutex(losses)
    }

    func subscribe(to queue: String, prefetch: Int) async throws(BrokerError) -> BrokerSubscription {
        let subscription = try await inner.subscribe(to: queue, prefetch: prefetch)
        let deliveries = subscription.deliveries
        let (watched, continuation) = AsyncThrowingStream<Delivery, any Error>.makeStream()
        let pump = Task {
            do {
                for try await delivery in deliveries { continuation.yield(self.watched(delivery)) }
                continuation.finish()
            } catch {
                continuation.finish(throwing: error)
            }
        }
        continuation.onTermination = { _ in pump.cancel() }
        return BrokerSubscription(
            next: {
                var iterator = watched.makeAsyncIterator()
                return try await iterator.next()
            }, onCancel: subscription.cancel)
    }

    private func watched(_ delivery: Delivery) -> Delivery {
        Delivery(message: delivery.message, deliveryCount: delivery.deliveryCount, offset: delivery.offset) {
            settlement throws(BrokerError) in
            let id = delivery.message.id ?? ""
            guard settlement == .ack else { return try await delivery.requeue() }
            let isLost = self.losses.withLock { losses in
                losses -= 1
                return losses >= 0
            }
            if isLost {
                self.lost.send(id)
                throw BrokerError(.unavailable, "the connection was cut")
            }
            try await delivery.ack()
            self.acknowledged.send(id)
        }
    }

    func publish(_ messages: [OutboundMessage]) async throws(BrokerError) { try await inner.publish(messages) }

    func read(stream: String, from position: LogPosition) async throws(BrokerError) -> BrokerSubscription {
        try await inner.read(stream: stream, from: position)
    }

    func depth(of queue: String) async throws(BrokerError) -> QueueDepth? { try await inner.depth(of: queue) }

    func listen(to exchange: String) async throws(BrokerError) -> BrokerSubscription {
        try await inner.listen(to: exchange)
    }
}

/// A broker that is not reached.
struct UnreachableBroker: Broker {
    private static let fault = BrokerError(.unavailable, "nobody listens there")

    func publish(_ messages: [OutboundMessage]) async throws(BrokerError) { throw Self.fault }

    func subscribe(to queue: String, prefetch: Int) async throws(BrokerError) -> BrokerSubscription {
        throw Self.fault
    }

    func read(stream: String, from position: LogPosition) async throws(BrokerError) -> BrokerSubscription {
        throw Self.fault
    }

    func depth(of queue: String) async throws(BrokerError) -> QueueDepth? { throw Self.fault }

    func listen(to exchange: String) async throws(BrokerError) -> BrokerSubscription { throw Self.fault }
}
