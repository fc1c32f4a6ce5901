/// A value in a table: headers and the arguments of queues, exchanges and consumers.
public enum AMQPValue: Sendable, Hashable {
    /// Text.
    case string(String)
    /// Any integer of up to 64 bits.
    case int(Int64)
    /// A truth value.
    case bool(Bool)
    /// A floating point number; decimals become one when they are read.
    case double(Double)
    /// Raw bytes.
    case bytes([UInt8])
    /// Seconds since 1970 in UTC.
    case timestamp(Int64)
    /// A list.
    case array([AMQPValue])
    /// A nested table.
    case table([String: AMQPValue])
    /// No value.
    case null
}

extension AMQPValue {
    /// How deep tables and arrays may nest.
    static let maximumDepth = 32

    /// The text, when it is one.
    public var stringValue: String? {
        if case .string(let value) = self { value } else { nil }
    }

    /// The integer, when it is one.
    public var intValue: Int64? {
        if case .int(let value) = self { value } else { nil }
    }
}

extension AMQPValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
    /// Text.
    public init(stringLiteral value: String) { self = .string(value) }
    /// An integer.
    public init(integerLiteral value: Int64) { self = .int(value) }
    /// A truth value.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
}
