/// A message as a broker carries it, before anything is known of its meaning.
package struct WireMessage: Sendable, Equatable {
    /// What a header may hold.
    package enum Header: Sendable, Equatable {
        case string(String)
        case integer(Int64)
    }

    /// Unique id; nil where a stranger published without one.
    package var id: String?
    /// CloudEvents `type`.
    package var type: String?
    /// CloudEvents `source`, where no header says it.
    package var source: String?
    package var headers: [String: Header]
    package var body: [UInt8]

    package init(
        id: String?, type: String?, source: String? = nil, headers: [String: Header] = [:], body: [UInt8]
    ) {
        self.id = id
        self.type = type
        self.source = source
        self.headers = headers
        self.body = body
    }

    /// A header's text; nil when absent or no text.
    package func text(_ name: String) -> String? {
        if case .string(let value)? = headers[name] { value } else { nil }
    }

    /// A header's number; nil when absent or no number.
    package func integer(_ name: String) -> Int64? {
        if case .integer(let value)? = headers[name] { value } else { nil }
    }
}

/// A message and where it goes.
package struct OutboundMessage: Sendable, Equatable {
    package var exchange: String
    package var routingKey: String
    package var message: WireMessage

    package init(exchange: String, routingKey: String, message: WireMessage) {
        self.exchange = exchange
        self.routingKey = routingKey
        self.message = message
    }

    /// Whether AMQP can carry its names, which have one byte for their length.
    package var hasCarriableNames: Bool {
        [exchange, routingKey, message.id ?? "", message.type ?? "", message.source ?? ""].allSatisfy {
            $0.utf8.count <= 255
        }
    }
}
