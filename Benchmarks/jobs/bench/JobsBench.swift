import AMQP
import Foundation
import Jobs
import JobsAMQP
import Logging
import NIOPosix

/// The job runtime under measurement. `Benchmarks/jobs/run` and `Benchmarks/jobs/endurance` start the broker and call it.
@main
enum JobsBench {
    static func main() async throws {
        let settings = try BenchSettings(ProcessInfo.processInfo.environment)
        let logger = makeLogger()
        switch CommandLine.arguments.dropFirst().first ?? "throughput" {
        case "throughput":
            try await withBroker(settings, logger) { client, broker in
                try await applyTopology(client)
                try await Throughput.run(
                    settings, broker, logger, phase: CommandLine.arguments.dropFirst(2).first)
            }
        case "reconnects":
            try await withBroker(settings, logger, configure: Reconnects.configure) { client, broker in
                try await applyTopology(client)
                try await Reconnects.run(client, broker, port: settings.amqp.port, logger)
            }
        case "publish":
            let catalog = try settings.openCatalog()
            try await withBroker(settings, logger) { _, broker in
                try await EndurancePublisher(settings, catalog, broker, logger).run()
            }
        case "work":
            let catalog = try settings.openCatalog()
            try await withBroker(settings, logger) { _, broker in
                try await EnduranceWorker.run(settings, catalog, broker, logger)
            }
        case let other:
            throw BenchError("\(other) is none of throughput, reconnects, publish and work")
        }
    }

    private static func makeLogger() -> Logger {
        var logger = Logger(label: "bench") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .error
        return logger
    }

    /// Runs `body` with a client that stands, and ends the client in good order.
    private static func withBroker(
        _ settings: BenchSettings, _ logger: Logger, configure: (inout AMQPConfiguration) -> Void = { _ in },
        _ body: @Sendable (AMQPClient, AMQPBroker) async throws -> Void
    ) async throws {
        var configuration = settings.amqp
        configure(&configuration)
        let client = try AMQPClient(
            configuration: configuration, eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await client.run() }
            try await client.waitUntilConnected(timeout: .seconds(60))
            try await body(client, AMQPBroker(client: client))
            await client.shutdown()
            group.cancelAll()
        }
    }

    private static func applyTopology(_ client: AMQPClient) async throws {
        let topology = try TopologyDefinition(
            definitionsJSON: try Data(contentsOf: URL(filePath: "topology/definitions.json")))
        try await BrokerTopology(client: client, management: nil).apply(topology)
    }
}

/// What keeps a benchmark from being run.
struct BenchError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
