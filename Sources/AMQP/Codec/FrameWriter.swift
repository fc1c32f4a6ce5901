import CRabbitMQ
import NIOCore

/// Writes frames: librabbitmq encodes methods and properties, the frame around them is ours.
struct FrameWriter: ~Copyable {
    private var arena = CodecArena()
    /// Whole frames may have this many bytes.
    var maximumFrameSize: Int

    init(maximumFrameSize: Int) {
        self.maximumFrameSize = maximumFrameSize
    }

    /// What a client says first.
    static let protocolHeader = ByteBuffer(bytes: [0x41, 0x4D, 0x51, 0x50, 0, 0, 9, 1])

    static func writeHeartbeat(into buffer: inout ByteBuffer) {
        buffer.writeMultipleIntegers(FrameType.heartbeat, UInt16(0), UInt32(0), FrameType.end)
    }

    /// Writes a method frame. When it throws, the buffer is as it was.
    mutating func write(_ method: ClientMethod, channel: UInt16, into buffer: inout ByteBuffer) throws(AMQPError) {
        defer { arena.recycle() }
        try encode(method, channel: channel, into: &buffer)
    }

    /// Writes method, header and body frames of a message. When it throws, the buffer is as it was.
    mutating func write(
        _ message: AMQPMessage, messageID: String, channel: UInt16, into buffer: inout ByteBuffer
    ) throws(AMQPError) {
        defer { arena.recycle() }
        let start = buffer.writerIndex
        do throws(AMQPError) {
            let publish = amqp_basic_publish_t(
                ticket: 0, exchange: try arena.bytes(message.exchange),
                routing_key: try arena.bytes(message.routingKey), mandatory: message.mandatory ? 1 : 0, immediate: 0)
            try encode(AMQP_BASIC_PUBLISH_METHOD, publish, channel: channel, into: &buffer)
            try writeHeader(message, messageID: messageID, channel: channel, into: &buffer)
        } catch {
            buffer.moveWriterIndex(to: start)
            throw error
        }
        let most = maximumFrameSize - FrameType.overhead
        var rest = message.body[...]
        while !rest.isEmpty {
            let piece = rest.prefix(most)
            buffer.writeMultipleIntegers(FrameType.body, channel, UInt32(piece.count))
            buffer.writeBytes(piece)
            buffer.writeInteger(FrameType.end)
            rest = rest.dropFirst(most)
        }
    }

    private mutating func writeHeader(
        _ message: AMQPMessage, messageID: String, channel: UInt16, into buffer: inout ByteBuffer
    ) throws(AMQPError) {
        var properties = try message.properties.encodable(messageID: messageID, arena: &arena)
        let size = FrameSlot(type: FrameType.header, channel: channel, in: &buffer)
        buffer.writeMultipleIntegers(UInt16(AMQP_BASIC_CLASS), UInt16(0), UInt64(message.body.count))
        // SAFETY: both pointers are valid for the call, and the library writes at most the length given.
        let status = buffer.writeEncoded(atMost: arena.used + 512) { space in
            amqp_encode_properties(UInt16(AMQP_BASIC_CLASS), &properties, space)
        }
        try size.finish(status, limit: maximumFrameSize, what: "The headers of a message", in: &buffer)
    }

    /// Writes one method frame from librabbitmq's struct for it.
    mutating func encode<Fields: BitwiseCopyable>(
        _ number: UInt32, _ fields: Fields, channel: UInt16, into buffer: inout ByteBuffer
    ) throws(AMQPError) {
        var fields = fields
        let size = FrameSlot(type: FrameType.method, channel: channel, in: &buffer)
        buffer.writeInteger(number)
        // SAFETY: `Fields` is the struct that belongs to `number` (see the callers); both pointers are valid for the
        // call, and the library writes at most the length given.
        let status = buffer.writeEncoded(atMost: arena.used + 512) { space in
            withUnsafeMutablePointer(to: &fields) { amqp_encode_method(number, $0, space) }
        }
        try size.finish(status, limit: maximumFrameSize, what: "A request to the broker", in: &buffer)
    }

    mutating func text(_ text: String, _ what: String) throws(AMQPError) -> amqp_bytes_t {
        guard text.utf8.count <= 255 else {
            throw AMQPError(.invalidArgument, "The \(what) is longer than 255 bytes: \(text.prefix(40))…")
        }
        return try arena.bytes(text)
    }

    mutating func longText(_ text: String) throws(AMQPError) -> amqp_bytes_t { try arena.bytes(text) }

    mutating func table(_ values: [String: AMQPValue]) throws(AMQPError) -> amqp_table_t { try arena.table(values) }
}

/// A frame that has begun: its size becomes known when its payload is written.
private struct FrameSlot {
    let start: Int

    init(type: UInt8, channel: UInt16, in buffer: inout ByteBuffer) {
        start = buffer.writerIndex
        buffer.writeMultipleIntegers(type, channel, UInt32(0))
    }

    func finish(_ status: CInt, limit: Int, what: String, in buffer: inout ByteBuffer) throws(AMQPError) {
        let size = buffer.writerIndex - start - FrameType.headLength
        guard status >= 0, size + FrameType.overhead <= limit else {
            buffer.moveWriterIndex(to: start)
            let why = status < 0 ? describe(status) : "\(size) bytes, above the frame limit of \(limit)"
            throw AMQPError(.invalidArgument, "\(what) cannot be encoded: \(why).")
        }
        buffer.setInteger(UInt32(size), at: start + 3)
        buffer.writeInteger(FrameType.end)
    }
}

extension ByteBuffer {
    /// Gives the encoder room; it returns how much it wrote, or a negative status and nothing is written.
    // SAFETY: the pointer is the buffer's own free space and does not leave the call.
    fileprivate mutating func writeEncoded(atMost count: Int, _ encode: (amqp_bytes_t) -> CInt) -> CInt {
        var status: CInt = 0
        writeWithUnsafeMutableBytes(minimumWritableBytes: count) { space in
            status = encode(amqp_bytes_t(len: space.count, bytes: space.baseAddress))
            return max(0, Int(status))
        }
        return status
    }
}
