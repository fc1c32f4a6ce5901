import Foundation

/// A JSON document whose shape is the server's affair: shown as a table by the fields it is known to have, and passed
/// on whole with `--json`.
enum JSONValue: Sendable, Equatable, Codable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int64.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSONValue].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        }
    }

    /// Reads a text.
    init(json: Data) throws(ClientError) {
        do {
            self = try JSONDecoder().decode(JSONValue.self, from: json)
        } catch {
            throw ClientError(.misunderstood, "the server's answer is not JSON (\(error))")
        }
    }

    /// The text, keys sorted.
    func text(pretty: Bool) throws(ClientError) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if pretty { encoder.outputFormatting.insert(.prettyPrinted) }
        do {
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        } catch {
            throw ClientError(.misunderstood, "a document cannot be written as JSON (\(error))")
        }
    }

    /// A member; nil when there is none, or it is null.
    subscript(_ name: String) -> JSONValue? {
        guard case .object(let members) = self, let member = members[name], member != .null else { return nil }
        return member
    }

    /// The value in a table's cell: empty for nothing.
    var cell: String {
        switch self {
        case .null: ""
        case .bool(let value): value ? "yes" : "no"
        case .integer(let value): String(value)
        case .number(let value): String(value)
        case .string(let value): value
        case .array, .object: (try? text(pretty: false)) ?? ""  // What was read as JSON can be written as JSON.
        }
    }

    /// A whole number, also where it was written with a fraction.
    var wholeNumber: Int64? {
        switch self {
        case .integer(let value): value
        case .number(let value): Int64(exactly: value.rounded())
        default: nil
        }
    }

    /// How many members an object has; 0 for everything else.
    var memberCount: Int {
        if case .object(let members) = self { members.count } else { 0 }
    }

    /// The list itself, or the member `name` that holds it.
    func list(_ name: String) -> [JSONValue]? {
        if case .array(let rows) = self { return rows }
        if case .array(let rows)? = self[name] { return rows }
        return nil
    }
}
