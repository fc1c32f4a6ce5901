import AMQP
import Foundation
import Jobs
import JobsAMQP
import JobsConformance
import Logging
import NIOPosix
import TestSupport

/// A real RabbitMQ in a virtual host of its own, reached through a proxy that can cut.
struct RabbitMQSubject: BrokerUnderTest {
    let host: TestVirtualHost
    let client: AMQPClient
    private let proxy: FaultProxy

    var broker: any Broker { AMQPBroker(client: client) }

    /// Connects, declares `topology`, and removes everything after `body`.
    static func with(
        topology: TopologyDefinition? = nil, _ body: @escaping @Sendable (RabbitMQSubject) async throws -> Void
    ) async throws {
        let topology = try topology ?? .truth
        try await TestVirtualHost.with { host in
            var configuration = try AMQPConfiguration(url: host.amqpURL)
            configuration.reconnectMinimum = .milliseconds(50)
            configuration.reconnectMaximum = .milliseconds(500)
            try await FaultProxy.with(host: configuration.host, port: configuration.port) { proxy, port in
                configuration.port = port
                let client = try Self.client(configuration)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    defer { group.cancelAll() }
                    group.addTask { await client.run() }
                    try await client.waitUntilConnected()
                    try await BrokerTopology(client: client, management: nil).apply(topology)
                    try await body(RabbitMQSubject(host: host, client: client, proxy: proxy))
                }
            }
        }
    }

    private static func client(_ configuration: AMQPConfiguration) throws -> AMQPClient {
        var logger = Logger(label: "jobs-amqp-tests")
        logger.logLevel = .critical
        return try AMQPClient(
            configuration: configuration, eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger)
    }

    /// Returns when the client has noticed and is back: what follows then meets the new connections.
    func cutConnections() async throws {
        let client = client
        var cutAt: [AMQPConnectionRole: Int] = [:]
        for role in AMQPConnectionRole.allCases {
            if case .connected(let epoch) = client.state(of: role) { cutAt[role] = epoch }
        }
        let before = cutAt
        let changes = client.stateChanges()
        proxy.cut()
        try await within(.seconds(20), "the connections' return") {
            var returned: Set<AMQPConnectionRole> = []
            for await change in changes {
                guard case .connected(let epoch) = change.state, epoch > before[change.role] ?? 0 else { continue }
                returned.insert(change.role)
                if returned.count == AMQPConnectionRole.allCases.count { return }
            }
        }
    }

    /// Runs `body` with a broker that still has its connection, while this one has lost its own and finds no other.
    func whileCut(_ body: (any Broker) async throws -> Void) async throws {
        let direct = try Self.client(try AMQPConfiguration(url: host.amqpURL))
        try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            group.addTask { await direct.run() }
            try await direct.waitUntilConnected()
            proxy.set(.refusing)
            defer { proxy.set(.none) }
            proxy.cut()
            try await body(AMQPBroker(client: direct))
        }
    }

    func deleteQueue(_ name: String) async throws {
        try await client.deleteQueue(name)
    }

    /// The management API of this virtual host.
    func management() throws -> ManagementAPI {
        try ManagementAPI(url: try TestServers.managementURL(), virtualHost: host.name)
    }
}

/// Host and port of the management API, without the account.
func managementAddress() throws -> String {
    let components = URLComponents(string: try TestServers.managementURL())
    return "\(components?.host ?? ""):\(components?.port ?? 0)"
}
