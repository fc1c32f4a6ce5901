package import AMQP
import Foundation
package import Jobs

/// `Broker` on RabbitMQ.
package struct AMQPBroker: Broker {
    /// Events in hand while reading a stream.
    private static let streamPrefetch: UInt16 = 500
    private static let controlPrefetch: UInt16 = 32

    private let client: AMQPClient

    /// - Parameter client: is run by whoever made it.
    package init(client: AMQPClient) { self.client = client }

    package func publish(_ messages: [OutboundMessage]) async throws(BrokerError) {
        do throws(AMQPError) {
            try await client.publish(messages.map(AMQPMessage.init))
        } catch {
            throw BrokerError(error)
        }
    }

    package func subscribe(to queue: String, prefetch: Int) async throws(BrokerError) -> BrokerSubscription {
        do throws(AMQPError) {
            let consumer = try await client.consume(queue: queue, prefetch: UInt16(clamping: max(1, prefetch)))
            return subscription(consumer) { Delivery($0) }
        } catch {
            throw BrokerError(error)
        }
    }

    package func read(stream: String, from position: LogPosition) async throws(BrokerError) -> BrokerSubscription {
        do throws(AMQPError) {
            // Not restored: whoever reads has to see that the connection was lost, since a stream that was made anew
            // meanwhile never answers an offset beyond its end.
            let consumer = try await client.consume(
                queue: stream, prefetch: Self.streamPrefetch, arguments: ["x-stream-offset": position.argument],
                restore: false)
            return subscription(consumer) { delivery in
                // A stream keeps its messages; the ack only makes room for the next one.
                delivery.ack()
                return Delivery(delivery)
            }
        } catch {
            throw BrokerError(error)
        }
    }

    package func listen(to exchange: String) async throws(BrokerError) -> BrokerSubscription {
        let queue = Topology.controlQueuePrefix + UUID().uuidString.lowercased()
        do throws(AMQPError) {
            // Goes by itself when nobody has listened for a while: its consumer may end without a word.
            _ = try await client.declareQueue(
                queue, arguments: ["x-expires": .int(60_000), "x-max-length": .int(1000)])
            try await client.bindQueue(queue, exchange: exchange, routingKey: "")
            let consumer = try await client.consume(queue: queue, prefetch: Self.controlPrefetch, restore: false)
            return subscription(consumer) { delivery in
                delivery.ack()
                return Delivery(delivery)
            }
        } catch {
            throw BrokerError(error)
        }
    }

    package func depth(of queue: String) async throws(BrokerError) -> QueueDepth? {
        do throws(AMQPError) {
            return try await client.inspectQueue(queue).map { QueueDepth(ready: $0.messages, consumers: $0.consumers) }
        } catch {
            throw BrokerError(error)
        }
    }

    /// Pulls one delivery from the consumer for each that is asked for, so that the prefetch bounds what is held.
    private func subscription(
        _ consumer: AMQPConsumer, _ receive: @escaping @Sendable (AMQPDelivery) -> Delivery
    ) -> BrokerSubscription {
        BrokerSubscription {
            var iterator = consumer.makeAsyncIterator()
            do throws(AMQPError) {
                return try await iterator.next().map(receive)
            } catch {
                throw BrokerError(error)
            }
        } onCancel: {
            // The sequence's end, not this task's, is what callers wait for.
            Task { await consumer.cancel() }
        }
    }
}

extension LogPosition {
    /// The `x-stream-offset` argument.
    fileprivate var argument: AMQPValue {
        switch self {
        case .first: .string("first")
        case .next: .string("next")
        case .offset(let offset): .int(max(0, offset))
        }
    }
}
