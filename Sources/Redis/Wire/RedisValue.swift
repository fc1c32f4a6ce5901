/// A reply of the server (RESP2).
public enum RedisValue: Sendable, Hashable {
    /// A bulk string.
    case bytes([UInt8])
    /// A signed 64-bit number.
    case integer(Int)
    /// An array; its elements may be errors or arrays.
    case array([RedisValue])
    /// A null bulk string or a null array: RESP2 has both, and they mean the same.
    case null
    /// A simple string such as `OK`.
    case status(String)
    /// An error reply.
    case error(RedisServerError)
}

extension RedisValue {
    /// Whether there is no value.
    public var isNull: Bool { self == .null }

    /// The bytes of a bulk string; nil for a null reply.
    /// - Throws: `.server` for an error reply, `.unexpectedReply` for any other type.
    public func optionalBytes() throws(RedisError) -> [UInt8]? {
        switch self {
        case .bytes(let bytes): return bytes
        case .status(let text): return Array(text.utf8)
        case .null: return nil
        default: throw unexpected("a string")
        }
    }

    /// The text of a bulk or simple string; nil for a null reply.
    /// - Throws: `.server` for an error reply, `.unexpectedReply` for another type or bytes that are no UTF-8.
    public func optionalString() throws(RedisError) -> String? {
        if case .status(let text) = self { return text }
        guard let bytes = try optionalBytes() else { return nil }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw RedisError(.unexpectedReply, "Redis answered with bytes that are not UTF-8 where text was expected.")
        }
        return text
    }

    /// The text of a bulk or simple string.
    /// - Throws: like `optionalString()`, and `.unexpectedReply` for a null reply.
    public func string() throws(RedisError) -> String {
        guard let text = try optionalString() else { throw unexpected("a string") }
        return text
    }

    /// The number of an integer reply, or of a string of decimal digits.
    /// - Throws: `.server` for an error reply, `.unexpectedReply` for any other.
    public func integer() throws(RedisError) -> Int {
        if case .integer(let integer) = self { return integer }
        if case .bytes(let bytes) = self, let text = String(validating: bytes, as: UTF8.self), let integer = Int(text) {
            return integer
        }
        throw unexpected("an integer")
    }

    /// The elements of an array; nil for a null reply.
    /// - Throws: `.server` for an error reply, `.unexpectedReply` for any other.
    public func optionalArray() throws(RedisError) -> [RedisValue]? {
        switch self {
        case .array(let elements): return elements
        case .null: return nil
        default: throw unexpected("an array")
        }
    }

    /// The elements of an array.
    /// - Throws: like `optionalArray()`, and `.unexpectedReply` for a null reply.
    public func array() throws(RedisError) -> [RedisValue] {
        guard let elements = try optionalArray() else { throw unexpected("an array") }
        return elements
    }

    /// The value itself, unless it is an error reply.
    /// - Throws: `.server`.
    public func checked() throws(RedisError) -> RedisValue {
        if case .error(let error) = self { throw RedisError(error) }
        return self
    }

    private func unexpected(_ wanted: String) -> RedisError {
        let got =
            switch self {
            case .bytes(let bytes): "a string of \(bytes.count) bytes"
            case .integer: "an integer"
            case .array(let elements): "an array of \(elements.count)"
            case .null: "null"
            case .status(let text): "the status \(text)"
            case .error(let error): error.message
            }
        if case .error(let error) = self { return RedisError(error) }
        return RedisError(.unexpectedReply, "Redis answered with \(got) where \(wanted) was expected.")
    }
}
