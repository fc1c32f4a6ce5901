package import Foundation

/// An account of the broker for processes of some roles, with the least rights that these need: `topology/users.json`.
package struct BrokerUser: Sendable, Codable, Equatable {
    package let name: String
    /// Roles of `srto serve`.
    package let roles: [String]
    /// Regular expressions over the names of exchanges and queues, as RabbitMQ takes them.
    package let configure: String
    package let write: String
    package let read: String

    /// Reads a list of them.
    /// - Throws: `TopologyError` naming the place that cannot be read.
    package static func list(json: Data) throws(TopologyError) -> [BrokerUser] {
        do {
            return try JSONDecoder().decode([BrokerUser].self, from: json)
        } catch {
            throw TopologyError(decoding: error)
        }
    }
}
