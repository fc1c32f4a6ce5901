import CRabbitMQ

extension ServerMethod {
    /// Decodes a method frame's payload: four bytes of method number, then its fields.
    // SAFETY: `payload` stays valid for the call. librabbitmq checks every length against it; the struct it returns lies
    // in the arena, has the type that belongs to the number, and is copied out before the arena is recycled.
    static func decode(_ payload: UnsafeRawBufferPointer, arena: inout CodecArena) throws(AMQPError) -> ServerMethod {
        guard payload.count >= 4, let base = payload.baseAddress else {
            throw .violation("a method frame is too short")
        }
        let number = UInt32(bigEndian: payload.loadUnaligned(as: UInt32.self))
        let fields = amqp_bytes_t(len: payload.count - 4, bytes: UnsafeMutableRawPointer(mutating: base + 4))
        var decoded: UnsafeMutableRawPointer?
        let status = amqp_decode_method(number, arena.decodingPool, fields, &decoded)
        guard status >= 0 else {
            throw .violation("method \(number >> 16).\(number & 0xFFFF) cannot be decoded: \(describe(status))")
        }
        defer { arena.recycle() }
        guard let method = ServerMethod(number, decoded) else {
            throw .violation("method \(number >> 16).\(number & 0xFFFF) is not one that a broker sends to us")
        }
        return method
    }

    private init?(_ number: UInt32, _ decoded: UnsafeMutableRawPointer?) {
        func fields<T>(_ type: T.Type) -> T? { decoded?.load(as: T.self) }
        switch number {
        case AMQP_BASIC_DELIVER_METHOD:
            guard let it = fields(amqp_basic_deliver_t.self) else { return nil }
            self = .deliver(
                DeliverFields(
                    deliveryTag: it.delivery_tag, isRedelivered: it.redelivered != 0, exchange: String(it.exchange),
                    routingKey: String(it.routing_key)))
        case AMQP_BASIC_ACK_METHOD:
            guard let it = fields(amqp_basic_ack_t.self) else { return nil }
            self = .ack(deliveryTag: it.delivery_tag, multiple: it.multiple != 0)
        case AMQP_BASIC_NACK_METHOD:
            guard let it = fields(amqp_basic_nack_t.self) else { return nil }
            self = .nack(deliveryTag: it.delivery_tag, multiple: it.multiple != 0)
        case AMQP_BASIC_RETURN_METHOD:
            guard let it = fields(amqp_basic_return_t.self) else { return nil }
            self = .returned(
                ReturnFields(
                    code: Int(it.reply_code), text: String(it.reply_text), exchange: String(it.exchange),
                    routingKey: String(it.routing_key)))
        case AMQP_CONNECTION_START_METHOD:
            guard let it = fields(amqp_connection_start_t.self) else { return nil }
            self = .connectionStart(mechanisms: String(it.mechanisms))
        case AMQP_CONNECTION_TUNE_METHOD:
            guard let it = fields(amqp_connection_tune_t.self) else { return nil }
            self = .connectionTune(
                channelMax: Int(it.channel_max), frameMax: Int(it.frame_max), heartbeatSeconds: Int(it.heartbeat))
        case AMQP_CONNECTION_CLOSE_METHOD:
            guard let it = fields(amqp_connection_close_t.self) else { return nil }
            self = .connectionClose(code: Int(it.reply_code), text: String(it.reply_text))
        case AMQP_CONNECTION_BLOCKED_METHOD:
            guard let it = fields(amqp_connection_blocked_t.self) else { return nil }
            self = .connectionBlocked(reason: String(it.reason))
        case AMQP_CHANNEL_CLOSE_METHOD:
            guard let it = fields(amqp_channel_close_t.self) else { return nil }
            self = .channelClose(code: Int(it.reply_code), text: String(it.reply_text))
        case AMQP_CHANNEL_FLOW_METHOD:
            guard let it = fields(amqp_channel_flow_t.self) else { return nil }
            self = .channelFlow(active: it.active != 0)
        case AMQP_QUEUE_DECLARE_OK_METHOD:
            guard let it = fields(amqp_queue_declare_ok_t.self) else { return nil }
            self = .queueDeclareOk(
                queue: String(it.queue), messages: Int(it.message_count), consumers: Int(it.consumer_count))
        case AMQP_QUEUE_PURGE_OK_METHOD:
            guard let it = fields(amqp_queue_purge_ok_t.self) else { return nil }
            self = .queuePurgeOk(messages: Int(it.message_count))
        case AMQP_QUEUE_DELETE_OK_METHOD:
            guard let it = fields(amqp_queue_delete_ok_t.self) else { return nil }
            self = .queueDeleteOk(messages: Int(it.message_count))
        case AMQP_BASIC_CONSUME_OK_METHOD:
            guard let it = fields(amqp_basic_consume_ok_t.self) else { return nil }
            self = .consumeOk(tag: String(it.consumer_tag))
        case AMQP_BASIC_CANCEL_OK_METHOD:
            guard let it = fields(amqp_basic_cancel_ok_t.self) else { return nil }
            self = .cancelOk(tag: String(it.consumer_tag))
        case AMQP_BASIC_CANCEL_METHOD:
            guard let it = fields(amqp_basic_cancel_t.self) else { return nil }
            self = .cancel(tag: String(it.consumer_tag))
        default:
            guard let method = ServerMethod(withoutFields: number) else { return nil }
            self = method
        }
    }

    private init?(withoutFields number: UInt32) {
        switch number {
        case AMQP_CONNECTION_OPEN_OK_METHOD: self = .connectionOpenOk
        case AMQP_CONNECTION_CLOSE_OK_METHOD: self = .connectionCloseOk
        case AMQP_CONNECTION_UNBLOCKED_METHOD: self = .connectionUnblocked
        case AMQP_CHANNEL_OPEN_OK_METHOD: self = .channelOpenOk
        case AMQP_CHANNEL_CLOSE_OK_METHOD: self = .channelCloseOk
        case AMQP_CONFIRM_SELECT_OK_METHOD: self = .confirmSelectOk
        case AMQP_EXCHANGE_DECLARE_OK_METHOD: self = .exchangeDeclareOk
        case AMQP_EXCHANGE_DELETE_OK_METHOD: self = .exchangeDeleteOk
        case AMQP_QUEUE_BIND_OK_METHOD: self = .queueBindOk
        case AMQP_QUEUE_UNBIND_OK_METHOD: self = .queueUnbindOk
        case AMQP_BASIC_QOS_OK_METHOD: self = .qosOk
        default: return nil
        }
    }
}

/// librabbitmq's own words for one of its status codes.
func describe(_ status: CInt) -> String {
    // SAFETY: the library returns a pointer to a constant of its own, never freed.
    guard let text = amqp_error_string2(status) else { return "status \(status)" }
    return String(cString: text)
}
