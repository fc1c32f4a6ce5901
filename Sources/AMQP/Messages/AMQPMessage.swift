/// A message to publish.
public struct AMQPMessage: Sendable, Hashable {
    /// Name of the exchange; empty means the default exchange, which routes to the queue named by the routing key.
    public var exchange: String
    /// Routing key.
    public var routingKey: String
    /// The body.
    public var body: [UInt8]
    /// Properties and headers.
    public var properties: AMQPProperties
    /// Whether a message that no queue takes comes back as an error (`unroutable`) instead of being dropped.
    public var mandatory: Bool

    /// A message; persistent and mandatory unless said otherwise.
    public init(
        exchange: String = "", routingKey: String, body: [UInt8], properties: AMQPProperties = AMQPProperties(),
        mandatory: Bool = true
    ) {
        self.exchange = exchange
        self.routingKey = routingKey
        self.body = body
        self.properties = properties
        self.mandatory = mandatory
    }
}

extension AMQPMessage {
    /// Refuses what AMQP cannot carry, before anything of it is sent.
    func validate(maximumBodyBytes: Int) throws(AMQPError) {
        guard body.count <= maximumBodyBytes else {
            throw AMQPError(
                .messageTooLarge, "The body of \(body.count) bytes is above the maximum of \(maximumBodyBytes) bytes.")
        }
        try Self.checkLength("exchange", exchange)
        try Self.checkLength("routing key", routingKey)
        try Self.checkLength("content type", properties.contentType)
        try Self.checkLength("content encoding", properties.contentEncoding)
        try Self.checkLength("message id", properties.messageID)
        try Self.checkLength("correlation id", properties.correlationID)
        try Self.checkLength("reply-to", properties.replyTo)
        try Self.checkLength("type", properties.type)
        try Self.checkLength("application id", properties.appID)
        if let expiration = properties.expirationMilliseconds, expiration < 0 {
            throw AMQPError(.invalidArgument, "The expiration of a message is negative.")
        }
    }

    private static func checkLength(_ name: StaticString, _ value: String?) throws(AMQPError) {
        guard let value, value.utf8.count > 255 else { return }
        throw AMQPError(.invalidArgument, "The \(name) of a message is longer than 255 bytes.")
    }
}
