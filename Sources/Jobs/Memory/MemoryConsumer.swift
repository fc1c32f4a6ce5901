/// A consumer of a queue, or a reader of a stream.
struct MemoryConsumer {
    let queue: String
    /// Most deliveries unsettled at a time; for a reader, nothing is unsettled.
    let prefetch: Int
    /// Delivered and not settled, by delivery tag; tags grow.
    private(set) var unsettled: [Int: StoredMessage] = [:]
    /// Delivered and not taken by the consumer yet, tags.
    private var sent: [Int] = []
    private var nextTag = 1
    /// Where a reader reads next; nil for a consumer of a queue.
    var position: Int64?
    private(set) var ending: Ending?

    /// How the deliveries end once those sent are taken.
    enum Ending {
        case cancelled
        case failed(BrokerError)
    }

    init(queue: String, prefetch: Int, position: Int64? = nil) {
        self.queue = queue
        self.prefetch = prefetch
        self.position = position
    }

    var hasRoom: Bool { ending == nil && unsettled.count < prefetch }
    var isSpent: Bool { ending != nil && unsettled.isEmpty }

    mutating func send(_ message: StoredMessage) {
        unsettled[nextTag] = message
        sent.append(nextTag)
        nextTag += 1
    }

    /// The next delivery for whoever consumes.
    mutating func take() -> (tag: Int, message: StoredMessage)? {
        guard !sent.isEmpty else { return nil }
        let tag = sent.removeFirst()
        return unsettled[tag].map { (tag, $0) }
    }

    /// The message of a delivery that is settled now; nil when it was before, or came before a cut.
    mutating func settle(_ tag: Int) -> StoredMessage? { unsettled.removeValue(forKey: tag) }

    /// Ends it and gives back what nobody has taken.
    mutating func end(_ how: Ending) -> [StoredMessage] {
        guard ending == nil else { return [] }
        ending = how
        defer { sent = [] }
        return sent.compactMap { unsettled.removeValue(forKey: $0) }
    }

    /// Forgets every delivery, as the connection that carried them is gone, and returns them in order.
    mutating func dropDeliveries() -> [StoredMessage] {
        defer {
            unsettled = [:]
            sent = []
        }
        return unsettled.sorted { $0.key < $1.key }.map(\.value)
    }
}
