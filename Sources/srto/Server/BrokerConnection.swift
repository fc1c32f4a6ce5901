import AMQP
import Foundation
import Jobs
import JobsAMQP
import Logging
import NIOCore
import NIOPosix

/// RabbitMQ as the settings name it.
struct BrokerConnection: Sendable {
    let client: AMQPClient
    let topology: BrokerTopology
    /// Nil when the settings name none.
    let management: ManagementAPI?
    let definition: TopologyDefinition
    private let address: String

    /// Prepares the connection; nothing is reached yet.
    /// - Parameter onConnection: done with each new connection before it is used.
    /// - Throws: `StartError` when the settings do not suffice.
    init(
        _ settings: Settings, logger: Logger,
        onConnection: (@Sendable (AMQPClient, TopologyDefinition) async throws -> Void)? = nil
    ) throws {
        guard let url = settings.amqpURL else {
            throw StartError(
                "SRTO_AMQP_URL is not set: give RabbitMQ's address as amqp://user:password@host:port/vhost "
                    + "(`make run` starts a private one).")
        }
        let definition = try Self.definition(at: settings.topology)
        self.definition = definition
        do {
            var configuration = try AMQPConfiguration(url: url)
            configuration.connectionName = "srto"
            configuration.heartbeat = settings.amqpHeartbeat
            address = "\(configuration.host):\(configuration.port)"
            client = try AMQPClient(
                configuration: configuration, eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger
            ) { client in try await onConnection?(client, definition) }
            management = try settings.managementURL.map {
                try ManagementAPI(url: $0, virtualHost: configuration.virtualHost)
            }
            topology = BrokerTopology(client: client, management: management)
        } catch {
            throw StartError("RabbitMQ (SRTO_AMQP_URL): \(error)")
        }
    }

    /// Waits until the broker is reached.
    /// - Throws: `StartError` saying what to do when it is not.
    func demandReached() async throws {
        do {
            try await client.waitUntilConnected()
        } catch {
            throw StartError(notReached: "RabbitMQ", at: address, error, setting: "SRTO_AMQP_URL")
        }
    }

    private static func definition(at file: URL) throws -> TopologyDefinition {
        guard let data = FileManager.default.contents(atPath: file.path) else {
            throw StartError(
                "the topology \(file.path) cannot be read: set SRTO_TOPOLOGY to topology/definitions.json.")
        }
        do {
            return try TopologyDefinition(definitionsJSON: data)
        } catch {
            throw StartError("the topology \(file.path): \(error)")
        }
    }
}
