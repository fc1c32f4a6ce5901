/// What a broker says to a client: the methods that we understand.
enum ServerMethod: Equatable, Sendable {
    case connectionStart(mechanisms: String)
    case connectionTune(channelMax: Int, frameMax: Int, heartbeatSeconds: Int)
    case connectionOpenOk
    case connectionClose(code: Int, text: String)
    case connectionCloseOk
    case connectionBlocked(reason: String)
    case connectionUnblocked

    case channelOpenOk
    case channelFlow(active: Bool)
    case channelClose(code: Int, text: String)
    case channelCloseOk
    case confirmSelectOk

    case exchangeDeclareOk
    case exchangeDeleteOk
    case queueDeclareOk(queue: String, messages: Int, consumers: Int)
    case queueBindOk
    case queueUnbindOk
    case queuePurgeOk(messages: Int)
    case queueDeleteOk(messages: Int)

    case qosOk
    case consumeOk(tag: String)
    case cancelOk(tag: String)
    case cancel(tag: String)
    case deliver(DeliverFields)
    case returned(ReturnFields)
    case ack(deliveryTag: UInt64, multiple: Bool)
    case nack(deliveryTag: UInt64, multiple: Bool)

    struct DeliverFields: Equatable, Sendable {
        var deliveryTag: UInt64
        var isRedelivered: Bool
        var exchange: String
        var routingKey: String
    }

    struct ReturnFields: Equatable, Sendable {
        var code: Int
        var text: String
        var exchange: String
        var routingKey: String
    }
}

extension ServerMethod {
    /// Whether this is the answer to that request.
    func answers(_ request: ClientMethod) -> Bool {
        switch (request, self) {
        case (.channelOpen, .channelOpenOk), (.confirmSelect, .confirmSelectOk), (.qos, .qosOk),
            (.consume, .consumeOk), (.cancel, .cancelOk), (.exchangeDeclare, .exchangeDeclareOk),
            (.exchangeDelete, .exchangeDeleteOk), (.queueDeclare, .queueDeclareOk), (.queueBind, .queueBindOk),
            (.queueUnbind, .queueUnbindOk), (.queuePurge, .queuePurgeOk), (.queueDelete, .queueDeleteOk):
            true
        default: false
        }
    }
}
