package import Foundation

/// Exchanges, queues and bindings in the form that RabbitMQ exports and loads: what `topology/definitions.json`
/// holds, and what a live broker says of itself.
package struct TopologyDefinition: Sendable, Codable, Equatable {
    /// Where messages are published.
    package struct Exchange: Sendable, Codable, Equatable {
        package var name: String
        /// `direct`, `fanout`, `topic` or a plug-in's type.
        package var type: String
        package var durable: Bool
        package var autoDelete: Bool
        /// Whether only other exchanges publish to it.
        package var isInternal: Bool
        package var arguments: [String: Argument]

        enum CodingKeys: String, CodingKey {
            case name, type, durable, arguments
            case autoDelete = "auto_delete"
            case isInternal = "internal"
        }
    }

    /// Where messages lie: a queue or a stream, as its `x-queue-type` says.
    package struct Queue: Sendable, Codable, Equatable {
        package var name: String
        package var durable: Bool
        package var autoDelete: Bool
        package var arguments: [String: Argument]

        enum CodingKeys: String, CodingKey {
            case name, durable, arguments
            case autoDelete = "auto_delete"
        }
    }

    /// The way from an exchange to a queue or to another exchange.
    package struct Binding: Sendable, Codable, Hashable {
        package var source: String
        package var destination: String
        /// `queue` or `exchange`.
        package var destinationType: String
        package var routingKey: String

        enum CodingKeys: String, CodingKey {
            case source, destination
            case destinationType = "destination_type"
            case routingKey = "routing_key"
        }
    }

    /// An optional argument of an exchange or a queue.
    package enum Argument: Sendable, Hashable {
        case string(String)
        case integer(Int64)
        case bool(Bool)
    }

    /// What an operator set for all queues or exchanges whose name matches; it acts like arguments of theirs.
    package struct Policy: Sendable, Codable, Equatable {
        package var name: String
        package var pattern: String
        /// `queues`, `exchanges`, `all` or a kind of queue.
        package var appliesTo: String
        package var priority: Int
        /// Lists as their JSON text.
        package var definition: [String: Argument]

        package init(name: String, pattern: String, appliesTo: String, priority: Int, definition: [String: Argument]) {
            self.name = name
            self.pattern = pattern
            self.appliesTo = appliesTo
            self.priority = priority
            self.definition = definition
        }

        enum CodingKeys: String, CodingKey {
            case name, pattern, priority, definition
            case appliesTo = "apply-to"
        }
    }

    package var exchanges: [Exchange]
    package var queues: [Queue]
    package var bindings: [Binding]
    package var policies: [Policy] = []

    enum CodingKeys: String, CodingKey { case exchanges, queues, bindings, policies }

    /// The exchange of this name.
    package func exchange(named name: String) -> Exchange? { exchanges.first { $0.name == name } }

    /// The queue of this name.
    package func queue(named name: String) -> Queue? { queues.first { $0.name == name } }

    /// Reads definitions. Users and virtual hosts are left out, and so are what the broker declares by
    /// itself and the queues on which workers listen.
    /// - Throws: `TopologyError` naming the place that cannot be read.
    package init(definitionsJSON: Data) throws(TopologyError) {
        do {
            let all = try JSONDecoder().decode(TopologyDefinition.self, from: definitionsJSON)
            exchanges = all.exchanges.filter { !$0.isBuiltIn }
            queues = all.queues.filter { !$0.name.hasPrefix(Topology.controlQueuePrefix) }
            bindings = all.bindings.filter {
                !$0.source.isEmpty && !$0.destination.hasPrefix(Topology.controlQueuePrefix)
            }
            policies = all.policies
        } catch {
            throw TopologyError(decoding: error)
        }
    }

    /// Every way in which `other`, a live broker say, is not what is defined here; empty when it is the same.
    package func differences(from other: TopologyDefinition) -> [String] {
        exchangeDifferences(other) + queueDifferences(other) + bindingDifferences(other) + policyDifferences(other)
    }
}

/// Why definitions cannot be read.
package struct TopologyError: Error, Sendable, CustomStringConvertible {
    /// What is wrong with the definitions.
    package enum Code: String, Sendable {
        /// No JSON at all.
        case notJSON
        /// Something is missing, or is not of the kind it should be.
        case malformed
    }

    package let code: Code
    /// What is wrong, and where.
    package let message: String
    package let cause: (any Error)?

    package init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    package var description: String { "topology \(code.rawValue): \(message)" }
}
