import CRabbitMQ

extension AMQPProperties {
    /// The struct that librabbitmq encodes.
    // SAFETY: its pointers lie in the arena; the caller encodes it before the next `recycle()`.
    func encodable(messageID: String, arena: inout CodecArena) throws(AMQPError) -> amqp_basic_properties_t {
        var fields = amqp_basic_properties_t()
        var flags = AMQP_BASIC_MESSAGE_ID_FLAG
        fields.message_id = try arena.bytes(messageID)
        if let contentType {
            flags |= AMQP_BASIC_CONTENT_TYPE_FLAG
            fields.content_type = try arena.bytes(contentType)
        }
        if let contentEncoding {
            flags |= AMQP_BASIC_CONTENT_ENCODING_FLAG
            fields.content_encoding = try arena.bytes(contentEncoding)
        }
        if let correlationID {
            flags |= AMQP_BASIC_CORRELATION_ID_FLAG
            fields.correlation_id = try arena.bytes(correlationID)
        }
        if let replyTo {
            flags |= AMQP_BASIC_REPLY_TO_FLAG
            fields.reply_to = try arena.bytes(replyTo)
        }
        if let type {
            flags |= AMQP_BASIC_TYPE_FLAG
            fields.type = try arena.bytes(type)
        }
        if let appID {
            flags |= AMQP_BASIC_APP_ID_FLAG
            fields.app_id = try arena.bytes(appID)
        }
        if let expirationMilliseconds {
            flags |= AMQP_BASIC_EXPIRATION_FLAG
            fields.expiration = try arena.bytes(String(expirationMilliseconds))
        }
        if let timestampSeconds {
            flags |= AMQP_BASIC_TIMESTAMP_FLAG
            fields.timestamp = UInt64(bitPattern: timestampSeconds)
        }
        if let deliveryMode {
            flags |= AMQP_BASIC_DELIVERY_MODE_FLAG
            fields.delivery_mode = deliveryMode.rawValue
        }
        if let priority {
            flags |= AMQP_BASIC_PRIORITY_FLAG
            fields.priority = priority
        }
        if !headers.isEmpty {
            flags |= AMQP_BASIC_HEADERS_FLAG
            fields.headers = try arena.table(headers)
        }
        fields._flags = amqp_flags_t(bitPattern: flags)
        return fields
    }
}
