import Domain
package import Jobs
import TestSupport

/// The receiving end of a subscription, with a deadline on every wait.
package struct Inbox: Sendable {
    package let subscription: BrokerSubscription
    private let limit: Duration

    package init(_ subscription: BrokerSubscription, limit: Duration = .seconds(20)) {
        self.subscription = subscription
        self.limit = limit
    }

    /// The next delivery; throws when the subscription ends or nothing comes.
    package func next() async throws -> Delivery {
        guard let delivery = try await nextOrEnd() else { throw DeadlinePassed(description: "the deliveries ended") }
        return delivery
    }

    /// The next deliveries, unsettled.
    package func take(_ count: Int) async throws -> [Delivery] {
        var taken: [Delivery] = []
        while taken.count < count { taken.append(try await next()) }
        return taken
    }

    /// The next delivery, nil at the end.
    package func nextOrEnd() async throws -> Delivery? {
        let deliveries = subscription.deliveries
        return try await within(limit, "a delivery") {
            var iterator = deliveries.makeAsyncIterator()
            return try await iterator.next()
        }
    }
}

extension BrokerUnderTest {
    /// Subscribes to a work queue.
    func inbox(_ queue: WorkQueue, prefetch: Int = 10) async throws -> Inbox {
        Inbox(try await broker.subscribe(to: queue.rawValue, prefetch: prefetch))
    }

    /// Waiting messages of a work queue.
    func ready(_ queue: WorkQueue) async throws -> Int? {
        try await broker.depth(of: queue.rawValue)?.ready
    }

    /// Publishes messages that differ in their ids, in this order.
    func publish(_ ids: [String], to queue: WorkQueue) async throws {
        try await broker.publish(ids.map { .sample($0, to: queue) })
    }
}

extension OutboundMessage {
    /// A small message for a work queue.
    package static func sample(_ id: String, to queue: WorkQueue) -> OutboundMessage {
        OutboundMessage(exchange: Topology.jobs, routingKey: queue.rawValue, message: .sample(id))
    }

    /// A small message for every worker.
    package static func sampleControl(_ id: String) -> OutboundMessage {
        OutboundMessage(exchange: Topology.control, routingKey: "", message: .sample(id))
    }

    /// A small message for the event log.
    package static func sampleEvent(_ id: String) -> OutboundMessage {
        OutboundMessage(exchange: Topology.events, routingKey: "io.srto.import.progress.v1", message: .sample(id))
    }
}

extension WireMessage {
    /// A small message.
    package static func sample(_ id: String) -> WireMessage {
        WireMessage(
            id: id, type: "io.srto.sample.v1",
            headers: [HeaderName.subject: .string("import:1"), HeaderName.attempts: .integer(3)],
            body: Array(#"{"sample":"\#(id)"}"#.utf8))
    }
}

/// `prefix-0`, `prefix-1` and so on.
func ids(_ prefix: String, _ count: Int) -> [String] {
    (0..<count).map { "\(prefix)-\($0)" }
}
