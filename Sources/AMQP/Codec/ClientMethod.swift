/// What a client says to a broker, publishing aside.
enum ClientMethod: Equatable, Sendable {
    case connectionStartOk(username: String, password: String, connectionName: String)
    case connectionTuneOk(channelMax: Int, frameMax: Int, heartbeatSeconds: Int)
    case connectionOpen(virtualHost: String)
    case connectionClose(code: Int, text: String)
    case connectionCloseOk

    case channelOpen
    case channelFlowOk(active: Bool)
    case channelClose(code: Int, text: String)
    case channelCloseOk
    case confirmSelect

    case exchangeDeclare(
        exchange: String, type: String, passive: Bool, durable: Bool, autoDelete: Bool, arguments: [String: AMQPValue])
    case exchangeDelete(exchange: String, ifUnused: Bool)
    case queueDeclare(
        queue: String, passive: Bool, durable: Bool, exclusive: Bool, autoDelete: Bool, arguments: [String: AMQPValue])
    case queueBind(queue: String, exchange: String, routingKey: String, arguments: [String: AMQPValue])
    case queueUnbind(queue: String, exchange: String, routingKey: String, arguments: [String: AMQPValue])
    case queuePurge(queue: String)
    case queueDelete(queue: String, ifUnused: Bool, ifEmpty: Bool)

    case qos(prefetch: UInt16)
    case consume(queue: String, tag: String, exclusive: Bool, arguments: [String: AMQPValue])
    case cancel(tag: String)
    /// With `multiple` for every unsettled delivery of the channel up to this one.
    case ack(deliveryTag: UInt64, multiple: Bool)
    case reject(deliveryTag: UInt64, requeue: Bool)
}
