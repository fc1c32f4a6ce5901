import NIOCore

/// Cuts the byte stream into frames and has librabbitmq decode the methods and properties in them.
///
/// The cutting is ours and not `amqp_handle_input`'s: that one subtracts header lengths from a frame size that it has not
/// compared with them (a hostile short frame wraps around), and copies every body once more.
struct FrameReader: ~Copyable {
    private var arena = CodecArena()
    private var pending = ByteBuffer()
    /// Whole frames above this many bytes are refused.
    var maximumFrameSize: Int

    init(maximumFrameSize: Int) {
        self.maximumFrameSize = maximumFrameSize
    }

    mutating func append(_ bytes: ByteBuffer) {
        if pending.readableBytes == 0 {
            pending = bytes
        } else {
            pending.discardReadBytes()
            pending.writeImmutableBuffer(bytes)
        }
    }

    /// The next whole frame, or nil when more bytes are needed. After an error the stream is of no use any more.
    mutating func next() throws(AMQPError) -> Frame? {
        guard
            let (type, channel, size) = pending.getMultipleIntegers(
                at: pending.readerIndex, endianness: .big, as: (UInt8, UInt16, UInt32).self)
        else {
            if let first = pending.getInteger(at: pending.readerIndex, as: UInt8.self) { try check(type: first) }
            return nil
        }
        try check(type: type)
        guard Int(size) <= maximumFrameSize - FrameType.overhead else {
            throw .violation("a frame of \(size) bytes is above the maximum of \(maximumFrameSize)")
        }
        let whole = Int(size) + FrameType.overhead
        guard pending.readableBytes >= whole else { return nil }
        guard pending.getInteger(at: pending.readerIndex + whole - 1, as: UInt8.self) == FrameType.end else {
            throw .violation("a frame does not end with its end marker")
        }
        pending.moveReaderIndex(forwardBy: FrameType.headLength)
        defer { pending.moveReaderIndex(forwardBy: 1) }
        guard let payload = pending.readSlice(length: Int(size)) else { return nil }
        switch type {
        case FrameType.method: return .method(channel: channel, try decodeMethod(payload))
        case FrameType.header: return try decodeHeader(payload, channel: channel)
        case FrameType.body: return .body(channel: channel, payload)
        default: return .heartbeat
        }
    }

    private func check(type: UInt8) throws(AMQPError) {
        switch type {
        case FrameType.method, FrameType.header, FrameType.body, FrameType.heartbeat: return
        default: throw .violation("it sent a frame of type \(type); is there an AMQP 0-9-1 broker at this address?")
        }
    }

    private mutating func decodeMethod(_ payload: ByteBuffer) throws(AMQPError) -> ServerMethod {
        // SAFETY: the pointer is the slice's own memory and does not leave the closure; the result is a copy.
        try payload.withUnsafeReadableBytes { bytes in
            Result { () throws(AMQPError) in try ServerMethod.decode(bytes, arena: &arena) }
        }.get()
    }

    /// Class (2 bytes), weight (2), body size (8), then the property list.
    private mutating func decodeHeader(_ payload: ByteBuffer, channel: UInt16) throws(AMQPError) -> Frame {
        var payload = payload
        guard
            let (classID, _, bodySize) = payload.readMultipleIntegers(
                endianness: .big, as: (UInt16, UInt16, UInt64).self)
        else { throw .violation("a content header is too short") }
        guard classID == 60 else { throw .violation("a content header is of class \(classID)") }
        // SAFETY: as above.
        let properties = try payload.withUnsafeReadableBytes { bytes in
            Result { () throws(AMQPError) in try AMQPProperties.decode(bytes, arena: &arena) }
        }.get()
        return .header(channel: channel, bodySize: bodySize, properties)
    }
}
