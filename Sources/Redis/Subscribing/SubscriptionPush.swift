/// What a server sends to a connection that has subscribed, apart from the replies to `PING` and to a wrong command.
enum SubscriptionPush: Equatable {
    /// Comes unasked.
    case message(RedisMessage)
    /// The reply to one `SUBSCRIBE` or `PSUBSCRIBE` of one channel or pattern.
    case confirmation

    init?(_ value: RedisValue) {
        guard case .array(let parts) = value, let kind = Self.bytes(parts.first) else { return nil }
        if kind.elementsEqual("message".utf8), parts.count == 3,
            let channel = Self.bytes(parts[1]), let bytes = Self.bytes(parts[2])
        {
            self = .message(RedisMessage(channel: String(decoding: channel, as: UTF8.self), bytes: bytes))
        } else if kind.elementsEqual("pmessage".utf8), parts.count == 4,
            let pattern = Self.bytes(parts[1]), let channel = Self.bytes(parts[2]), let bytes = Self.bytes(parts[3])
        {
            self = .message(
                RedisMessage(
                    channel: String(decoding: channel, as: UTF8.self),
                    pattern: String(decoding: pattern, as: UTF8.self),
                    bytes: bytes))
        } else if kind.elementsEqual("subscribe".utf8) || kind.elementsEqual("psubscribe".utf8) {
            self = .confirmation
        } else {
            return nil
        }
    }

    private static func bytes(_ value: RedisValue?) -> [UInt8]? {
        if case .bytes(let bytes)? = value { bytes } else { nil }
    }
}
