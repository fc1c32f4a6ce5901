import NIOCore

/// Events that wait for their reader, oldest first, bounded in number and bytes.
///
/// A reader that falls behind has to look again anyway. So when there is no room everything that waits is let go at once,
/// the count of it told, and the reader begins anew with what is recent, rather than to plod through what is old.
struct SubscriptionBuffer {
    private enum Phase: Equatable { case new, subscribed, interrupted(RedisError.Code) }

    let maximumEvents: Int
    let maximumBytes: Int
    private var events = CircularBuffer<RedisSubscriptionEvent>()
    /// Of the messages that wait.
    private(set) var bytes = 0
    private var phase = Phase.new

    /// At least four events: what is left when everything was let go is up to three, and there has to be room for one more.
    init(maximumEvents: Int, maximumBytes: Int) {
        self.maximumEvents = max(4, maximumEvents)
        self.maximumBytes = maximumBytes
    }

    var count: Int { events.count }

    mutating func append(_ message: RedisMessage) {
        let size = Self.size(message)
        makeRoom(for: size)
        if size > maximumBytes {
            events.append(.overflowed(missed: 1))
        } else {
            events.append(.message(message))
            bytes += size
        }
    }

    mutating func subscribed() {
        phase = .subscribed
        makeRoom(for: 0)
        events.append(.subscribed)
    }

    /// Attempts to connect fail one after another: that is one interruption, unless another reason is one to be mended.
    mutating func interrupted(_ error: RedisError) {
        if case .interrupted(let known) = phase, known == error.code || !error.staysWrong { return }
        phase = .interrupted(error.code)
        makeRoom(for: 0)
        events.append(.interrupted(error))
    }

    mutating func next() -> RedisSubscriptionEvent? {
        let event = events.popFirst()
        if case .message(let message)? = event { bytes -= Self.size(message) }
        return event
    }

    private static func size(_ message: RedisMessage) -> Int {
        message.bytes.count + message.channel.utf8.count + (message.pattern?.utf8.count ?? 0)
    }

    private mutating func makeRoom(for size: Int) {
        guard events.count >= maximumEvents || bytes + size > maximumBytes else { return }
        var missed = 0
        var interruption: RedisError?
        var hasSubscribed = false
        for event in events {
            switch event {
            case .message: missed += 1
            case .overflowed(let count): missed += count
            case .interrupted(let error): interruption = error
            case .subscribed: hasSubscribed = true
            }
        }
        events.removeAll()
        bytes = 0
        if let interruption { events.append(.interrupted(interruption)) }
        if hasSubscribed, phase == .subscribed { events.append(.subscribed) }
        // Last: what comes after it is what is heard again.
        if missed > 0 { events.append(.overflowed(missed: missed)) }
    }
}
