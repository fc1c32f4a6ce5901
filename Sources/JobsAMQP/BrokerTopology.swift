package import AMQP
package import Jobs

/// Applies a topology to a live broker, and tells how the broker differs from it.
package struct BrokerTopology: Sendable {
    /// What stands among the differences when the management API could not be asked.
    package static let notCompared =
        "not compared: exchanges, bindings, policies, and queues that no definition has. Over AMQP they cannot be seen: "
        + "set SRTO_RABBITMQ_MANAGEMENT_URL to the management API's address"

    /// How long a broker may take to open a queue that it has.
    private static let openingLimit = Duration.seconds(30)

    private let client: AMQPClient
    private let management: ManagementAPI?

    /// - Parameter management: nil when the broker's management API is not reached.
    package init(client: AMQPClient, management: ManagementAPI?) {
        self.client = client
        self.management = management
    }

    /// Declares what is missing. What is there and differs stays as it is and is an error, since only deleting it would
    /// mend it.
    /// - Parameter skipping: queues that are left as they are, or are not.
    package func apply(
        _ topology: TopologyDefinition, skipping: Set<String> = []
    ) async throws(BrokerError) {
        do throws(AMQPError) {
            for exchange in topology.exchanges {
                try await client.declareExchange(
                    exchange.name, type: exchange.type, durable: exchange.durable,
                    arguments: exchange.arguments.mapValues(\.amqp))
            }
            for queue in topology.queues where !skipping.contains(queue.name) { try await declare(queue) }
            for binding in topology.bindings where binding.destinationType == "queue" {
                try await client.bindQueue(
                    binding.destination, exchange: binding.source, routingKey: binding.routingKey)
            }
        } catch {
            throw BrokerError(error)
        }
    }

    /// A broker that has just started answers 404 for a queue or stream of its own that it has not opened yet.
    private func declare(_ queue: TopologyDefinition.Queue) async throws(AMQPError) {
        let deadline = ContinuousClock.now + Self.openingLimit
        while true {
            do throws(AMQPError) {
                _ = try await client.declareQueue(
                    queue.name, durable: queue.durable, arguments: queue.arguments.mapValues(\.amqp))
                return
            } catch {
                guard case .channelClosed(404, let text) = error.code, text.contains("inaccessible"),
                    ContinuousClock.now < deadline
                else { throw error }
                do { try await Task.sleep(for: .milliseconds(200)) } catch { throw AMQPError(.cancelled, "cancelled") }
            }
        }
    }

    /// Every difference, in words; empty when the broker is as the topology says.
    package func differences(from topology: TopologyDefinition) async throws -> [String] {
        if let management {
            return topology.differences(from: try await management.definitions())
        }
        return try await differencesOverAMQP(from: topology)
    }

    /// Without the management API: missing queues, and the first argument of each that differs. What cannot be seen over
    /// AMQP is named as well, since nobody may take silence for a match.
    private func differencesOverAMQP(from topology: TopologyDefinition) async throws(BrokerError) -> [String] {
        var found: [String] = []
        for queue in topology.queues {
            do throws(AMQPError) {
                guard try await client.inspectQueue(queue.name) != nil else {
                    found.append("queue \(queue.name) is missing")
                    continue
                }
                _ = try await client.declareQueue(
                    queue.name, durable: queue.durable, arguments: queue.arguments.mapValues(\.amqp))
            } catch {
                guard case .channelClosed(406, let text) = error.code else { throw BrokerError(error) }
                found.append("queue \(queue.name): \(text)")
            }
        }
        return found + [Self.notCompared]
    }
}

extension TopologyDefinition.Argument {
    /// The argument as AMQP carries it.
    fileprivate var amqp: AMQPValue {
        switch self {
        case .string(let text): .string(text)
        case .integer(let number): .int(number)
        case .bool(let flag): .bool(flag)
        }
    }
}
