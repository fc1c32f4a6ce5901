import NIOCore

/// What arrived on the wire, decoded.
enum Frame {
    case method(channel: UInt16, ServerMethod)
    case header(channel: UInt16, bodySize: UInt64, AMQPProperties)
    /// The bytes are a slice of the read buffer: to be copied before the next read.
    case body(channel: UInt16, ByteBuffer)
    case heartbeat
}

/// The numbers that frames begin and end with.
enum FrameType {
    static let method: UInt8 = 1
    static let header: UInt8 = 2
    static let body: UInt8 = 3
    static let heartbeat: UInt8 = 8
    static let end: UInt8 = 0xCE
    /// Type, channel and size stand before the payload, the end marker after it.
    static let headLength = 7
    static let overhead = 8
}
