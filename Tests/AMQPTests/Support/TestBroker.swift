import AMQP
import Foundation
import Logging
import NIOPosix
import TestSupport

/// The real broker that the tests speak to, and names that belong to one test.
enum TestBroker {
    struct Missing: Error, CustomStringConvertible {
        let description: String
    }

    static func variable(_ name: String) throws -> String {
        guard let value = ProcessInfo.processInfo.environment[name], !value.isEmpty else {
            throw Missing(
                description: "\(name) is not set: these tests need a real RabbitMQ, see `.ci/servers start DIR`.")
        }
        return value
    }

    static func configuration() throws -> AMQPConfiguration {
        var configuration = try AMQPConfiguration(url: variable("SRTO_TEST_AMQP_URL"))
        configuration.connectionName = "amqp-tests"
        configuration.reconnectMinimum = .milliseconds(50)
        configuration.reconnectMaximum = .milliseconds(500)
        return configuration
    }

    static func name(_ what: String) -> String {
        "test.\(what).\(String(UInt64.random(in: .min ... .max), radix: 36))"
    }

    /// Runs the body with a connected client and shuts it down afterwards.
    static func withClient<T: Sendable>(
        _ change: (inout AMQPConfiguration) -> Void = { _ in },
        _ body: @Sendable (AMQPClient) async throws -> T
    ) async throws -> T {
        var configuration = try configuration()
        change(&configuration)
        return try await withClient(configuration) { client in
            try await client.waitUntilConnected()
            return try await body(client)
        }
    }

    /// As above, without waiting for the connection.
    static func withClient<T: Sendable>(
        _ configuration: AMQPConfiguration, topology: AMQPClient.Topology? = nil,
        _ body: @Sendable (AMQPClient) async throws -> T
    ) async throws -> T {
        var logger = Logger(label: "amqp-tests")
        logger.logLevel = ProcessInfo.processInfo.environment["AMQP_TESTS_LOG"] == nil ? .critical : .debug
        let client = try AMQPClient(
            configuration: configuration, eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger,
            topology: topology)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await client.run() }
            do {
                let result = try await body(client)
                await client.shutdown()
                return result
            } catch {
                group.cancelAll()
                throw error
            }
        }
    }

    /// A client behind a proxy, and one that speaks to the broker directly.
    static func withProxiedClient<T: Sendable>(
        _ change: @Sendable (inout AMQPConfiguration) -> Void = { _ in }, topology: AMQPClient.Topology? = nil,
        _ body: @Sendable (_ proxied: AMQPClient, _ direct: AMQPClient, FaultProxy) async throws -> T
    ) async throws -> T {
        let broker = try configuration()
        return try await FaultProxy.with(host: broker.host, port: broker.port) { proxy, port in
            try await withClient { direct in
                var configuration = broker
                (configuration.host, configuration.port) = ("127.0.0.1", port)
                change(&configuration)
                return try await withClient(configuration, topology: topology) { proxied in
                    try await proxied.waitUntilConnected()
                    return try await body(proxied, direct, proxy)
                }
            }
        }
    }

    /// Returns when the client has noticed that its consumers' connection is gone.
    static func waitUntilDisconnected(_ client: AMQPClient) async throws {
        try await withDeadline("disconnected") {
            for await change in client.stateChanges() where change.role == .consuming {
                if case .disconnected = change.state { return }
            }
        }
    }

    /// A quorum queue that exists for the length of the body.
    static func withQueue<T: Sendable>(
        _ client: AMQPClient, arguments: [String: AMQPValue] = ["x-queue-type": "quorum"],
        _ body: @Sendable (String) async throws -> T
    ) async throws -> T {
        let queue = name("queue")
        try await client.declareQueue(queue, arguments: arguments)
        do {
            let result = try await body(queue)
            try await client.deleteQueue(queue)
            return result
        } catch {
            try await client.deleteQueue(queue)
            throw error
        }
    }
}
