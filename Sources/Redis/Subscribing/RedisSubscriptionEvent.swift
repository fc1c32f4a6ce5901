/// What a subscriber hears, in its order.
public enum RedisSubscriptionEvent: Sendable {
    /// Every channel and pattern is subscribed: what is published from now on is heard. What was published before may
    /// have been missed, so this is the moment to look at what the messages are about.
    case subscribed
    /// A message.
    case message(RedisMessage)
    /// The server is not reached, or no longer: what is published until the next `.subscribed` is not heard. Told once
    /// for each loss, and once more when the reason is one that somebody has to mend.
    case interrupted(RedisError)
    /// The reader was too slow: everything that waited for it was let go, so many messages. Look again, as at
    /// `.subscribed`.
    case overflowed(missed: Int)
}

/// What somebody has published.
public struct RedisMessage: Sendable, Hashable {
    /// The channel it was published to.
    public let channel: String
    /// The pattern that the channel matches, when it came by a pattern. A channel that is subscribed by name as well
    /// brings the message twice.
    public let pattern: String?
    /// The message itself.
    public let bytes: [UInt8]

    init(channel: String, pattern: String? = nil, bytes: [UInt8]) {
        self.channel = channel
        self.pattern = pattern
        self.bytes = bytes
    }
}
