import AMQP
import Jobs
import JobsAMQP
import Logging
import NIOPosix
import TestSupport

/// Follows the event log of a virtual host, apart from the server that is being killed.
struct EventCounter: Sendable {
    let broker: AMQPBroker
    private let client: AMQPClient

    /// Connects, runs `body`, disconnects.
    static func with<Value: Sendable>(
        _ host: TestVirtualHost, _ body: @escaping @Sendable (EventCounter) async throws -> Value
    ) async throws -> Value {
        var logger = Logger(label: "test")
        logger.logLevel = .error
        let client = try AMQPClient(
            configuration: try AMQPConfiguration(url: host.amqpURL),
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await client.run() }
            try await client.waitUntilConnected()
            let value = try await body(EventCounter(broker: AMQPBroker(client: client), client: client))
            await client.shutdown()
            try await group.waitForAll()
            return value
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
}
