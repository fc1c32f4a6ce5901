package import Foundation

/// What a client says.
package enum ClientFrame: Sendable, Equatable {
    /// Shows a token: as the first frame where the upgrade carried none, or to go on past the old one's end.
    case authenticate(token: String)
    /// Follows topics, from `position` on where the client followed them before.
    case subscribe(topics: [String], position: ClientPosition?)
    case unsubscribe(topics: [String])
    /// Asks for a `pong`, for clients that cannot send the protocol's own ping (browsers).
    case ping
}

extension ClientFrame {
    private struct Wire: Codable {
        var type: String
        var token: String?
        var topics: [String]?
        var position: ClientPosition?
    }

    /// Reads a text frame.
    /// - Throws: `NotifierError` `.badFrame` saying what is wrong with it.
    package init(json: Data) throws(NotifierError) {
        let wire: Wire
        do {
            wire = try JSONDecoder().decode(Wire.self, from: json)
        } catch {
            throw NotifierError(
                .badFrame, "a frame is a JSON object with a text field \"type\", and fields of the documented types",
                cause: error)
        }
        switch wire.type {
        case "authenticate":
            guard let token = wire.token, !token.isEmpty else {
                throw NotifierError(.badFrame, "\"authenticate\" needs a \"token\"")
            }
            self = .authenticate(token: token)
        case "subscribe":
            self = .subscribe(topics: try Self.topics(of: wire), position: wire.position)
        case "unsubscribe":
            self = .unsubscribe(topics: try Self.topics(of: wire))
        case "ping":
            self = .ping
        default:
            throw NotifierError(
                .badFrame,
                "no frame has the type \"\(wire.type.prefix(40))\": known are authenticate, subscribe, unsubscribe, ping"
            )
        }
    }

    /// The text frame.
    /// - Throws: what `JSONEncoder` throws; nothing does for these values.
    package func json() throws -> Data {
        let wire =
            switch self {
            case .authenticate(let token): Wire(type: "authenticate", token: token)
            case .subscribe(let topics, let position): Wire(type: "subscribe", topics: topics, position: position)
            case .unsubscribe(let topics): Wire(type: "unsubscribe", topics: topics)
            case .ping: Wire(type: "ping")
            }
        return try JSONEncoder().encode(wire)
    }

    private static func topics(of wire: Wire) throws(NotifierError) -> [String] {
        guard let topics = wire.topics, !topics.isEmpty else {
            throw NotifierError(.badFrame, "\"\(wire.type)\" needs \"topics\", a list that is not empty")
        }
        return topics
    }
}
