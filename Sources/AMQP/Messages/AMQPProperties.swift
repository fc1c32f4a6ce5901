/// The properties that travel with a message.
public struct AMQPProperties: Sendable, Hashable {
    /// Whether the broker keeps a message on disk.
    public enum DeliveryMode: UInt8, Sendable, Hashable {
        /// Kept in memory only by classic queues.
        case transient = 1
        /// Survives a restart of the broker.
        case persistent = 2
    }

    /// MIME type of the body.
    public var contentType: String?
    /// Encoding of the body, such as gzip.
    public var contentEncoding: String?
    /// The message's id. A message published without one is given one, because returns are told apart by it.
    public var messageID: String?
    /// The id of what this message answers.
    public var correlationID: String?
    /// Name of the queue where answers are expected.
    public var replyTo: String?
    /// What kind of message this is.
    public var type: String?
    /// Seconds since 1970 in UTC.
    public var timestampSeconds: Int64?
    /// Persistent unless said otherwise.
    public var deliveryMode: DeliveryMode?
    /// Priority, 0 to 255; only classic queues know it.
    public var priority: UInt8?
    /// Milliseconds that the message may wait in a queue.
    public var expirationMilliseconds: Int?
    /// Name of the application that published.
    public var appID: String?
    /// Free headers.
    public var headers: [String: AMQPValue]

    /// Properties, all of them optional.
    public init(
        contentType: String? = nil, contentEncoding: String? = nil, messageID: String? = nil,
        correlationID: String? = nil, replyTo: String? = nil, type: String? = nil, timestampSeconds: Int64? = nil,
        deliveryMode: DeliveryMode? = .persistent, priority: UInt8? = nil, expirationMilliseconds: Int? = nil,
        appID: String? = nil, headers: [String: AMQPValue] = [:]
    ) {
        self.contentType = contentType
        self.contentEncoding = contentEncoding
        self.messageID = messageID
        self.correlationID = correlationID
        self.replyTo = replyTo
        self.type = type
        self.timestampSeconds = timestampSeconds
        self.deliveryMode = deliveryMode
        self.priority = priority
        self.expirationMilliseconds = expirationMilliseconds
        self.appID = appID
        self.headers = headers
    }
}
