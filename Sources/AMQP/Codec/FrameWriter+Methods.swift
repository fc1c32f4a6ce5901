import CRabbitMQ
import NIOCore

// One line for each method: Swift values into the struct that librabbitmq encodes. Names are checked to be at most 255
// bytes because the library writes only the low byte of their length.
extension FrameWriter {
    mutating func encode(_ method: ClientMethod, channel: UInt16, into buffer: inout ByteBuffer) throws(AMQPError) {
        switch method {
        case .connectionStartOk, .connectionTuneOk, .connectionOpen, .connectionClose, .connectionCloseOk:
            try encodeConnection(method, into: &buffer)
        case .exchangeDeclare, .exchangeDelete, .queueDeclare, .queueBind, .queueUnbind, .queuePurge, .queueDelete:
            try encodeTopology(method, channel: channel, into: &buffer)
        case .channelOpen:
            let fields = amqp_channel_open_t(out_of_band: amqp_bytes_t(len: 0, bytes: nil))
            try encode(AMQP_CHANNEL_OPEN_METHOD, fields, channel: channel, into: &buffer)
        case .channelFlowOk(let active):
            let fields = amqp_channel_flow_ok_t(active: active ? 1 : 0)
            try encode(AMQP_CHANNEL_FLOW_OK_METHOD, fields, channel: channel, into: &buffer)
        case .channelClose(let code, let reason):
            let fields = amqp_channel_close_t(
                reply_code: UInt16(clamping: code), reply_text: try text(reason, "reason"), class_id: 0, method_id: 0)
            try encode(AMQP_CHANNEL_CLOSE_METHOD, fields, channel: channel, into: &buffer)
        case .channelCloseOk:
            try encode(AMQP_CHANNEL_CLOSE_OK_METHOD, amqp_channel_close_ok_t(), channel: channel, into: &buffer)
        case .confirmSelect:
            try encode(AMQP_CONFIRM_SELECT_METHOD, amqp_confirm_select_t(nowait: 0), channel: channel, into: &buffer)
        case .qos(let prefetch):
            let fields = amqp_basic_qos_t(prefetch_size: 0, prefetch_count: prefetch, global: 0)
            try encode(AMQP_BASIC_QOS_METHOD, fields, channel: channel, into: &buffer)
        case .consume(let queue, let tag, let exclusive, let arguments):
            let fields = amqp_basic_consume_t(
                ticket: 0, queue: try text(queue, "queue name"), consumer_tag: try text(tag, "consumer tag"),
                no_local: 0, no_ack: 0, exclusive: exclusive ? 1 : 0, nowait: 0, arguments: try table(arguments))
            try encode(AMQP_BASIC_CONSUME_METHOD, fields, channel: channel, into: &buffer)
        case .cancel(let tag):
            let fields = amqp_basic_cancel_t(consumer_tag: try text(tag, "consumer tag"), nowait: 0)
            try encode(AMQP_BASIC_CANCEL_METHOD, fields, channel: channel, into: &buffer)
        case .ack(let deliveryTag, let multiple):
            let fields = amqp_basic_ack_t(delivery_tag: deliveryTag, multiple: multiple ? 1 : 0)
            try encode(AMQP_BASIC_ACK_METHOD, fields, channel: channel, into: &buffer)
        case .reject(let deliveryTag, let requeue):
            let fields = amqp_basic_reject_t(delivery_tag: deliveryTag, requeue: requeue ? 1 : 0)
            try encode(AMQP_BASIC_REJECT_METHOD, fields, channel: channel, into: &buffer)
        }
    }

    private mutating func encodeConnection(_ method: ClientMethod, into buffer: inout ByteBuffer) throws(AMQPError) {
        switch method {
        case .connectionStartOk(let username, let password, let connectionName):
            let fields = amqp_connection_start_ok_t(
                client_properties: try table([
                    "product": "swift-amqp", "connection_name": .string(connectionName),
                    "capabilities": .table([
                        "publisher_confirms": true, "basic.nack": true, "consumer_cancel_notify": true,
                        "connection.blocked": true, "authentication_failure_close": true,
                    ]),
                ]),
                mechanism: try text("PLAIN", "mechanism"), response: try longText("\0\(username)\0\(password)"),
                locale: try text("en_US", "locale"))
            try encode(AMQP_CONNECTION_START_OK_METHOD, fields, channel: 0, into: &buffer)
        case .connectionTuneOk(let channelMax, let frameMax, let heartbeatSeconds):
            let fields = amqp_connection_tune_ok_t(
                channel_max: UInt16(clamping: channelMax), frame_max: UInt32(clamping: frameMax),
                heartbeat: UInt16(clamping: heartbeatSeconds))
            try encode(AMQP_CONNECTION_TUNE_OK_METHOD, fields, channel: 0, into: &buffer)
        case .connectionOpen(let virtualHost):
            let fields = amqp_connection_open_t(
                virtual_host: try text(virtualHost, "virtual host"), capabilities: amqp_bytes_t(len: 0, bytes: nil),
                insist: 0)
            try encode(AMQP_CONNECTION_OPEN_METHOD, fields, channel: 0, into: &buffer)
        case .connectionClose(let code, let reason):
            let fields = amqp_connection_close_t(
                reply_code: UInt16(clamping: code), reply_text: try text(reason, "reason"), class_id: 0, method_id: 0)
            try encode(AMQP_CONNECTION_CLOSE_METHOD, fields, channel: 0, into: &buffer)
        default:
            try encode(AMQP_CONNECTION_CLOSE_OK_METHOD, amqp_connection_close_ok_t(), channel: 0, into: &buffer)
        }
    }

    private mutating func encodeTopology(
        _ method: ClientMethod, channel: UInt16, into buffer: inout ByteBuffer
    ) throws(AMQPError) {
        switch method {
        case .exchangeDeclare(let exchange, let type, let passive, let durable, let autoDelete, let arguments):
            let fields = amqp_exchange_declare_t(
                ticket: 0, exchange: try text(exchange, "exchange name"), type: try text(type, "exchange type"),
                passive: passive ? 1 : 0, durable: durable ? 1 : 0, auto_delete: autoDelete ? 1 : 0, internal: 0,
                nowait: 0, arguments: try table(arguments))
            try encode(AMQP_EXCHANGE_DECLARE_METHOD, fields, channel: channel, into: &buffer)
        case .exchangeDelete(let exchange, let ifUnused):
            let fields = amqp_exchange_delete_t(
                ticket: 0, exchange: try text(exchange, "exchange name"), if_unused: ifUnused ? 1 : 0, nowait: 0)
            try encode(AMQP_EXCHANGE_DELETE_METHOD, fields, channel: channel, into: &buffer)
        case .queueDeclare(let queue, let passive, let durable, let exclusive, let autoDelete, let arguments):
            let fields = amqp_queue_declare_t(
                ticket: 0, queue: try text(queue, "queue name"), passive: passive ? 1 : 0, durable: durable ? 1 : 0,
                exclusive: exclusive ? 1 : 0, auto_delete: autoDelete ? 1 : 0, nowait: 0,
                arguments: try table(arguments))
            try encode(AMQP_QUEUE_DECLARE_METHOD, fields, channel: channel, into: &buffer)
        case .queueBind(let queue, let exchange, let routingKey, let arguments):
            let fields = amqp_queue_bind_t(
                ticket: 0, queue: try text(queue, "queue name"), exchange: try text(exchange, "exchange name"),
                routing_key: try text(routingKey, "routing key"), nowait: 0, arguments: try table(arguments))
            try encode(AMQP_QUEUE_BIND_METHOD, fields, channel: channel, into: &buffer)
        case .queueUnbind(let queue, let exchange, let routingKey, let arguments):
            let fields = amqp_queue_unbind_t(
                ticket: 0, queue: try text(queue, "queue name"), exchange: try text(exchange, "exchange name"),
                routing_key: try text(routingKey, "routing key"), arguments: try table(arguments))
            try encode(AMQP_QUEUE_UNBIND_METHOD, fields, channel: channel, into: &buffer)
        case .queuePurge(let queue):
            let fields = amqp_queue_purge_t(ticket: 0, queue: try text(queue, "queue name"), nowait: 0)
            try encode(AMQP_QUEUE_PURGE_METHOD, fields, channel: channel, into: &buffer)
        case .queueDelete(let queue, let ifUnused, let ifEmpty):
            let fields = amqp_queue_delete_t(
                ticket: 0, queue: try text(queue, "queue name"), if_unused: ifUnused ? 1 : 0,
                if_empty: ifEmpty ? 1 : 0, nowait: 0)
            try encode(AMQP_QUEUE_DELETE_METHOD, fields, channel: channel, into: &buffer)
        default:
            throw AMQPError(.invalidArgument, "Not a method that changes the topology.")
        }
    }
}
