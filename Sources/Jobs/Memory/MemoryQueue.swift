/// A message as the in-memory broker keeps it.
struct StoredMessage: Sendable {
    /// Given by the broker; grows.
    let id: Int
    var message: WireMessage
    let exchange: String
    let routingKey: String
    var deliveryCount = 0
}

/// A quorum queue: what lies in it, what its arguments ask for, and who consumes it.
struct MemoryQueue {
    let deliveryLimit: Int?
    let deadLetterExchange: String?
    let deadLetterRoutingKey: String?
    let maximumLength: Int?
    let timeToLive: Duration?
    let hasSingleActiveConsumer: Bool

    /// Messages that came back; they are delivered before those that were never delivered.
    private var returned = MessageLine()
    private var waiting = MessageLine()
    /// Consumers in the order in which they take turns; the first one is the active one of a single-active queue.
    var consumers: [Int] = []

    init(_ definition: TopologyDefinition.Queue) {
        deliveryLimit = definition.integer("x-delivery-limit")
        deadLetterExchange = definition.text("x-dead-letter-exchange")
        deadLetterRoutingKey = definition.text("x-dead-letter-routing-key")
        maximumLength = definition.integer("x-max-length")
        timeToLive = definition.integer("x-message-ttl").map { .milliseconds($0) }
        hasSingleActiveConsumer = definition.arguments["x-single-active-consumer"] == .bool(true)
    }

    /// Messages waiting to be delivered.
    var ready: Int { returned.count + waiting.count }

    /// Whether a publisher is turned away.
    var isFull: Bool { maximumLength.map { ready >= $0 } ?? false }

    mutating func append(_ message: StoredMessage) { waiting.append(message) }

    /// Takes a message back for another delivery.
    mutating func putBack(_ message: StoredMessage) { returned.append(message) }

    /// The next message to deliver.
    mutating func next() -> StoredMessage? { returned.popFirst() ?? waiting.popFirst() }

    /// Takes out the message that expires and those before it: all of a queue live equally long, and the timers of two
    /// need not ring in their order.
    mutating func expire(_ id: Int) -> [StoredMessage] {
        var expired: [StoredMessage] = []
        while let first = waiting.first, first.id <= id, let message = waiting.popFirst() { expired.append(message) }
        return expired
    }
}

/// First in, first out, without moving what waits.
struct MessageLine {
    private var messages: [StoredMessage?] = []
    private var head = 0

    var count: Int { messages.count - head }
    var first: StoredMessage? { head < messages.count ? messages[head] : nil }

    mutating func append(_ message: StoredMessage) { messages.append(message) }

    mutating func popFirst() -> StoredMessage? {
        guard head < messages.count else { return nil }
        let message = messages[head]
        messages[head] = nil
        head += 1
        if head > 64, head * 2 > messages.count {
            messages.removeFirst(head)
            head = 0
        }
        return message
    }
}

extension TopologyDefinition.Queue {
    /// Whether it is a stream.
    package var isStream: Bool { text("x-queue-type") == "stream" }

    func text(_ name: String) -> String? {
        if case .string(let value)? = arguments[name] { value } else { nil }
    }

    func integer(_ name: String) -> Int? {
        if case .integer(let value)? = arguments[name] { Int(value) } else { nil }
    }
}
