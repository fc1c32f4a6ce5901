import ArgumentParser
import Jobs
import Logging

/// `srto topology apply|verify|users`.
struct TopologyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "topology", abstract: "Exchanges, queues and streams on RabbitMQ.",
        subcommands: [Apply.self, Verify.self, TopologyUsersCommand.self])

    /// Declares what is missing.
    struct Apply: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Declare what the topology has and the broker lacks.")
        @OptionGroup var options: SettingsOptions

        func run() async throws {
            try await TopologyCommand.withBroker(try await options.load()) { broker in
                try await broker.topology.apply(broker.definition)
                print(
                    "topology applied: \(broker.definition.exchanges.count) exchanges, "
                        + "\(broker.definition.queues.count) queues, \(broker.definition.bindings.count) bindings")
            }
        }
    }

    /// Names every difference.
    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Name every way in which the broker differs from the topology; exit code 1 when it does.")
        @OptionGroup var options: SettingsOptions

        func run() async throws {
            let differences = try await TopologyCommand.withBroker(try await options.load()) { broker in
                try await broker.topology.differences(from: broker.definition)
            }
            guard !differences.isEmpty else { return print("the broker is as the topology says") }
            for difference in differences { print(difference) }
            throw ExitCode(1)
        }
    }

    static func withBroker<Value: Sendable>(
        _ settings: Settings, _ body: @Sendable @escaping (BrokerConnection) async throws -> Value
    ) async throws -> Value {
        var logger = Logger(label: "srto")
        logger.logLevel = .warning
        let broker = try BrokerConnection(settings, logger: logger)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await broker.client.run() }
            defer { group.cancelAll() }
            try await broker.demandReached()
            return try await body(broker)
        }
    }
}
