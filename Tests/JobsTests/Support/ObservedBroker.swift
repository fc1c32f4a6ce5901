import Jobs
import Synchronization
import TestSupport

/// A broker that tells what was published through it, and fails where a test wants it to.
final class ObservedBroker: Broker {
    /// How a publish fails.
    enum Fault: Sendable {
        /// The messages never reached the broker.
        case before
        /// The broker has them, the confirm is lost.
        case after
    }

    let published = Signals<OutboundMessage>()
    private let inner: InMemoryBroker
    private let faults: Mutex<[Fault]>

    init(_ inner: InMemoryBroker, failing faults: [Fault] = []) {
        self.inner = inner
        self.faults = Mutex(faults)
    }

    func publish(_ messages: [OutboundMessage]) async throws(BrokerError) {
        let fault = faults.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        if fault != .before { try await inner.publish(messages) }
        if fault != nil { throw BrokerError(.unavailable, "the connection was cut") }
        for message in messages { published.send(message) }
    }

    func subscribe(to queue: String, prefetch: Int) async throws(BrokerError) -> BrokerSubscription {
        try await inner.subscribe(to: queue, prefetch: prefetch)
    }

    func read(stream: String, from position: LogPosition) async throws(BrokerError) -> BrokerSubscription {
        try await inner.read(stream: stream, from: position)
    }

    func listen(to exchange: String) async throws(BrokerError) -> BrokerSubscription {
        try await inner.listen(to: exchange)
    }

    func depth(of queue: String) async throws(BrokerError) -> QueueDepth? {
        try await inner.depth(of: queue)
    }
}
