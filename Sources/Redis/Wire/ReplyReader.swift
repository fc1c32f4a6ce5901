import CHiredis
import NIOCore

/// Bytes of the server in, replies out: hiredis as a RESP2 parser. Belongs to one event loop.
struct ReplyReader: ~Copyable {
    // SAFETY: created in `init`, freed in `deinit` and nowhere else; the struct cannot be copied, so no second owner exists.
    private let reader: UnsafeMutablePointer<redisReader>
    private let maximumReplyBytes: Int
    /// Bytes fed that belong to no reply handed out yet.
    private var unparsedBytes = 0

    init(maximumReplyBytes: Int) throws(RedisError) {
        guard let reader = redisReaderCreate() else {
            throw RedisError(.connectionLost, "There is not enough memory for another Redis connection.")
        }
        self.reader = reader
        self.maximumReplyBytes = maximumReplyBytes
    }

    deinit { redisReaderFree(reader) }

    /// Takes the bytes in; `next()` gives the replies that they complete.
    mutating func feed(_ buffer: ByteBuffer) throws(RedisError) {
        let status = buffer.withUnsafeReadableBytes { bytes in
            // SAFETY: hiredis copies the bytes before it returns.
            redisReaderFeed(reader, bytes.bindMemory(to: CChar.self).baseAddress, bytes.count)
        }
        guard status == REDIS_OK else { throw failure }
        unparsedBytes += buffer.readableBytes
    }

    /// The next complete reply, or nil until more bytes are fed. After an error the reader is of no more use.
    mutating func next() throws(RedisError) -> RedisValue? {
        // SAFETY: a reply that hiredis hands out is ours to free, once, after its bytes have been copied.
        var pointer: UnsafeMutableRawPointer?
        guard redisReaderGetReply(reader, &pointer) == REDIS_OK else { throw failure }
        guard let pointer else {
            guard unparsedBytes <= maximumReplyBytes else { throw tooLarge }
            return nil
        }
        defer { freeReplyObject(pointer) }
        let remaining = reader.pointee.len - reader.pointee.pos
        let replyBytes = unparsedBytes - remaining
        unparsedBytes = remaining
        guard replyBytes <= maximumReplyBytes else { throw tooLarge }
        return Self.value(pointer.assumingMemoryBound(to: redisReply.self).pointee)
    }

    /// hiredis refuses arrays within arrays deeper than seven, so this does not recurse far.
    private static func value(_ reply: redisReply) -> RedisValue {
        switch reply.type {
        case REDIS_REPLY_INTEGER: return .integer(Int(reply.integer))
        case REDIS_REPLY_STATUS: return .status(String(decoding: bytes(reply), as: UTF8.self))
        case REDIS_REPLY_ERROR: return .error(RedisServerError(String(decoding: bytes(reply), as: UTF8.self)))
        case REDIS_REPLY_STRING: return .bytes(Array(bytes(reply)))
        case REDIS_REPLY_ARRAY:
            let elements = UnsafeBufferPointer(start: reply.element, count: reply.elements)
            return .array(elements.map { element in element.map { value($0.pointee) } ?? .null })
        default: return .null
        }
    }

    // SAFETY: valid while the reply is not freed; every caller copies at once.
    private static func bytes(_ reply: redisReply) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: reply.str, count: reply.str == nil ? 0 : reply.len)
    }

    private var tooLarge: RedisError {
        RedisError(
            .replyTooLarge,
            "A reply is larger than \(maximumReplyBytes) bytes: ask for it in parts, or raise maximumReplyBytes.")
    }

    private var failure: RedisError {
        let text = withUnsafeBytes(of: reader.pointee.errstr) { raw in
            String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
        }
        return RedisError(.protocolError, "The peer does not speak Redis's RESP2: \(text). Is the port right?")
    }
}
