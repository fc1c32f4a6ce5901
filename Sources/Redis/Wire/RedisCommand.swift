import NIOCore

/// A command: its name and its arguments.
public struct RedisCommand: Sendable, Hashable {
    /// Name first, then the arguments, as they go over the wire.
    public let words: [RedisArgument]

    /// `RedisCommand("SET", "key", .bytes(value), "PX", .integer(5000))`. A name of two words is two arguments.
    public init(_ name: String, _ arguments: RedisArgument...) {
        self.init(name, arguments: arguments)
    }

    /// A command whose number of arguments is known only at run time.
    public init(_ name: String, arguments: [RedisArgument]) {
        words = [.string(name)] + arguments
    }

    /// Appends the command as a RESP array of bulk strings.
    func encode(into buffer: inout ByteBuffer) {
        buffer.writeString("*\(words.count)\r\n")
        for word in words {
            switch word {
            case .string(let string):
                buffer.writeString("$\(string.utf8.count)\r\n")
                buffer.writeString(string)
            case .bytes(let bytes):
                buffer.writeString("$\(bytes.count)\r\n")
                buffer.writeBytes(bytes)
            case .integer(let integer):
                let digits = String(integer)
                buffer.writeString("$\(digits.utf8.count)\r\n")
                buffer.writeString(digits)
            }
            buffer.writeStaticString("\r\n")
        }
    }
}

extension RedisCommand: CustomStringConvertible {
    /// The name alone: arguments may be secret or large.
    public var description: String {
        guard case .string(let name)? = words.first else { return "command" }
        return name
    }
}

/// An argument of a command. Redis knows byte strings only: an integer is sent as its decimal digits.
public enum RedisArgument: Sendable, Hashable {
    /// Text, as UTF-8.
    case string(String)
    /// Bytes as they are.
    case bytes([UInt8])
    /// A number in decimal digits.
    case integer(Int)
}

extension RedisArgument: ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral {
    /// Text.
    public init(stringLiteral value: String) { self = .string(value) }
    /// A number.
    public init(integerLiteral value: Int) { self = .integer(value) }
}
