import Foundation

extension TopologyDefinition {
    /// Definitions without policies have no such list.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        exchanges = try container.decode([Exchange].self, forKey: .exchanges)
        queues = try container.decode([Queue].self, forKey: .queues)
        bindings = try container.decode([Binding].self, forKey: .bindings)
        policies = try container.decodeIfPresent([Policy].self, forKey: .policies) ?? []
    }
}

extension TopologyDefinition.Argument: Codable, CustomStringConvertible {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        // Bool first: some decoders read `true` as the number 1.
        if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int64.self) {
            self = .integer(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let values = try? container.decode([Self].self) {
            self = .string("[\(values.map(\.description).joined(separator: ", "))]")
        } else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "an argument is a text, a whole number, true, false or a list of these"
            )
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .string(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .bool(let value): try container.encode(value)
        }
    }

    package var description: String {
        switch self {
        case .string(let value): "\"\(value)\""
        case .integer(let value): "\(value)"
        case .bool(let value): "\(value)"
        }
    }
}

extension TopologyDefinition.Exchange {
    /// Whether the broker declares it by itself.
    var isBuiltIn: Bool { name.isEmpty || name.hasPrefix("amq.") }
}

extension TopologyError {
    init(decoding error: any Error) {
        switch error {
        case DecodingError.keyNotFound(let key, let context):
            self.init(.malformed, "\(Self.place(context)) has no \"\(key.stringValue)\"", cause: error)
        case DecodingError.typeMismatch(_, let context) where !context.codingPath.isEmpty,
            DecodingError.valueNotFound(_, let context) where !context.codingPath.isEmpty,
            DecodingError.dataCorrupted(let context) where !context.codingPath.isEmpty:
            self.init(.malformed, "\(Self.place(context)): \(context.debugDescription)", cause: error)
        default:
            self.init(.notJSON, "the definitions are no JSON object: \(error)", cause: error)
        }
    }

    private static func place(_ context: DecodingError.Context) -> String {
        let path = context.codingPath.map { key in key.intValue.map { "[\($0)]" } ?? key.stringValue }
        return path.isEmpty ? "the file" : path.joined(separator: ".")
    }
}
