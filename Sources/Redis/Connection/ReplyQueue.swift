import NIOCore

/// Who waits for which reply of a connection. Redis answers in the order of the commands, so this is a queue; an entry
/// whose caller has given up keeps its place, or every later reply would go to the wrong caller.
struct ReplyQueue<Waiter> {
    /// Commands sent together, and who waits for all their replies.
    struct Entry {
        var waiter: Waiter
        /// Replies still to come, at least 1.
        var commandCount: Int
        /// Size of the commands on the wire.
        var byteCount: Int
        var deadline: NIODeadline
    }

    /// What a reply means.
    enum Received {
        /// Its pipeline waits for more.
        case more
        case complete(Entry, [RedisValue])
        /// Nobody asked for it: the peer is out of step and the connection of no more use.
        case unasked
    }

    /// What the time has brought.
    struct Expiry {
        /// Entries whose time is over: tell them. They keep their places.
        var overdue: [Waiter] = []
        /// The oldest reply is owed for so long that the connection counts as dead.
        var isDead = false
    }

    /// Time past its deadline for which the oldest entry may still be answered before the connection is given up.
    let grace: TimeAmount
    private var entries = CircularBuffer<Entry>()
    /// Entries at the front that `expire` has reported.
    private var overdueCount = 0
    /// Replies so far of the entry at the front.
    private var replies: [RedisValue] = []

    init(grace: TimeAmount) { self.grace = grace }

    var isEmpty: Bool { entries.isEmpty }

    /// Whether the peer is late: prefer another connection.
    var isStalled: Bool { overdueCount > 0 }

    mutating func append(_ entry: Entry) { entries.append(entry) }

    mutating func receive(_ value: RedisValue) -> Received {
        guard let head = entries.first else { return .unasked }
        if head.commandCount == 1 {
            entries.removeFirst()
            overdueCount = max(0, overdueCount - 1)
            return .complete(head, [value])
        }
        if replies.isEmpty { replies.reserveCapacity(head.commandCount) }
        replies.append(value)
        guard replies.count == head.commandCount else { return .more }
        entries.removeFirst()
        overdueCount = max(0, overdueCount - 1)
        defer { replies = [] }
        return .complete(head, replies)
    }

    mutating func expire(at now: NIODeadline) -> Expiry {
        var expiry = Expiry()
        for entry in entries.dropFirst(overdueCount) {
            guard entry.deadline <= now else { break }
            expiry.overdue.append(entry.waiter)
        }
        overdueCount += expiry.overdue.count
        if overdueCount > 0, let head = entries.first { expiry.isDead = head.deadline + grace <= now }
        return expiry
    }

    /// When `expire` has something to say next.
    var nextDeadline: NIODeadline? {
        guard let head = entries.first else { return nil }
        let next = entries.dropFirst(overdueCount).first?.deadline
        guard overdueCount > 0 else { return next }
        return min(next ?? .distantFuture, head.deadline + grace)
    }

    /// Everybody, oldest first. The queue is empty afterwards.
    mutating func removeAll() -> [Waiter] {
        defer {
            entries.removeAll()
            overdueCount = 0
            replies = []
        }
        return entries.map(\.waiter)
    }
}
