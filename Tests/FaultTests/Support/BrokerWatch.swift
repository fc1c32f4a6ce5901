import AMQP
import Jobs
import JobsAMQP
import Logging
import NIOPosix
import TestSupport

/// A client of the broker apart from the servers under test: sees the event log, consumers and messages.
struct BrokerWatch: Sendable {
    let broker: AMQPBroker
    let client: AMQPClient

    /// Connects, runs `body`, disconnects.
    static func with<Value: Sendable>(
        _ amqpURL: String, _ body: @escaping @Sendable (BrokerWatch) async throws -> Value
    ) async throws -> Value {
        var logger = Logger(label: "test")
        logger.logLevel = .error
        let client = try AMQPClient(
            configuration: try AMQPConfiguration(url: amqpURL),
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await client.run() }
            do {
                try await client.waitUntilConnected()
                let value = try await body(BrokerWatch(broker: AMQPBroker(client: client), client: client))
                await client.shutdown()
                try await group.waitForAll()
                return value
            } catch {
                await client.shutdown()
                throw error
            }
        }
    }

    /// Events of imports in the log's order, from its first on; the caller stops when it has seen enough.
    func importEvents(_ body: (EventEnvelope) async throws -> Bool) async throws {
        let log = try await broker.read(stream: Topology.eventLog, from: .first)
        defer { log.cancel() }
        for try await delivery in log.deliveries {
            let envelope = try EventEnvelope(delivery.message)
            guard envelope.event.subject.hasPrefix("import:") else { continue }
            if try await !body(envelope) { return }
        }
    }

    /// Returns when somebody consumes the queue.
    func waitForConsumer(of queue: WorkQueue) async throws {
        try await eventually("a consumer of \(queue.rawValue)", within: .seconds(40)) {
            try await broker.depth(of: queue.rawValue)?.consumers ?? 0 > 0
        }
    }

    /// A queue that gets a copy of what is published for a work queue from now on, for `body`.
    func tap(_ queue: WorkQueue) async throws -> AMQPConsumer {
        let name = "tap.\(queue.rawValue)"
        _ = try await client.declareQueue(name, arguments: ["x-max-length": .int(10_000)])
        try await client.bindQueue(name, exchange: Topology.jobs, routingKey: queue.rawValue)
        return try await client.consume(queue: name, prefetch: 100)
    }

    /// Publishes once more whatever the tap hears, until it is cancelled; it hears the copies as well.
    func publishAgain(what tap: AMQPConsumer) async throws {
        var copied: Set<String> = []
        for try await delivery in tap {
            delivery.ack()
            guard let id = delivery.properties.messageID, copied.insert(id).inserted else { continue }
            try await client.publish(
                AMQPMessage(
                    exchange: Topology.jobs, routingKey: delivery.routingKey, body: delivery.body,
                    properties: delivery.properties))
        }
    }

    /// With each new event of the subject publishes all that came before it again, in any order, until its end.
    func repeatEvents(of subject: String) async throws {
        var told: [EventEnvelope] = []
        try await importEvents { envelope in
            let isNew = envelope.event.sequence > told.last?.event.sequence ?? 0
            guard envelope.event.subject == subject, isNew else { return true }
            told.append(envelope)
            try await broker.publish(told.shuffled().map(\.outbound))
            return envelope.event.type != .importFinished
        }
    }
}
