import CRabbitMQ

extension AMQPProperties {
    /// Decodes the property list of a content header: flags, then the values that they announce.
    // SAFETY: as for `ServerMethod.decode`.
    static func decode(_ encoded: UnsafeRawBufferPointer, arena: inout CodecArena) throws(AMQPError) -> AMQPProperties {
        let bytes = amqp_bytes_t(len: encoded.count, bytes: UnsafeMutableRawPointer(mutating: encoded.baseAddress))
        var decoded: UnsafeMutableRawPointer?
        let status = amqp_decode_properties(UInt16(AMQP_BASIC_CLASS), arena.decodingPool, bytes, &decoded)
        defer { arena.recycle() }
        guard status >= 0, let decoded else {
            throw .violation("a message's properties cannot be decoded: \(describe(status))")
        }
        let fields = decoded.assumingMemoryBound(to: amqp_basic_properties_t.self)
        let flags = Int32(bitPattern: fields.pointee._flags)

        var properties = AMQPProperties(deliveryMode: nil)
        if flags & AMQP_BASIC_CONTENT_TYPE_FLAG != 0 { properties.contentType = String(fields.pointee.content_type) }
        if flags & AMQP_BASIC_CONTENT_ENCODING_FLAG != 0 {
            properties.contentEncoding = String(fields.pointee.content_encoding)
        }
        if flags & AMQP_BASIC_MESSAGE_ID_FLAG != 0 { properties.messageID = String(fields.pointee.message_id) }
        if flags & AMQP_BASIC_CORRELATION_ID_FLAG != 0 {
            properties.correlationID = String(fields.pointee.correlation_id)
        }
        if flags & AMQP_BASIC_REPLY_TO_FLAG != 0 { properties.replyTo = String(fields.pointee.reply_to) }
        if flags & AMQP_BASIC_TYPE_FLAG != 0 { properties.type = String(fields.pointee.type) }
        if flags & AMQP_BASIC_APP_ID_FLAG != 0 { properties.appID = String(fields.pointee.app_id) }
        if flags & AMQP_BASIC_EXPIRATION_FLAG != 0 {
            properties.expirationMilliseconds = Int(String(fields.pointee.expiration))
        }
        if flags & AMQP_BASIC_TIMESTAMP_FLAG != 0 {
            properties.timestampSeconds = Int64(bitPattern: fields.pointee.timestamp)
        }
        if flags & AMQP_BASIC_DELIVERY_MODE_FLAG != 0 {
            properties.deliveryMode = DeliveryMode(rawValue: fields.pointee.delivery_mode)
        }
        if flags & AMQP_BASIC_PRIORITY_FLAG != 0 { properties.priority = fields.pointee.priority }
        if flags & AMQP_BASIC_HEADERS_FLAG != 0 { properties.headers = try AMQPValue.table(fields.pointee.headers) }
        return properties
    }
}
