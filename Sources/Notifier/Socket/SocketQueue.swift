import NIOCore

/// What waits to be written to one socket: a number of bytes at most.
///
/// While there is room, everything is kept. When there is none, events that a later event of the same topic makes
/// superfluous give way to it; events that tell of an end never do.
struct SocketQueue: Sendable {
    private enum Entry: Sendable {
        /// A frame of the server; `begins` names the topic that it begins anew.
        case message(ByteBuffer, begins: String?)
        case event(EncodedEvent, coalesced: Int)

        var size: Int {
            switch self {
            case .message(let text, _): text.readableBytes + SocketQueue.overhead
            case .event(let event, _): event.whole.readableBytes + SocketQueue.overhead
            }
        }
    }

    /// What an entry costs beside its text, bytes; room for a `coalesced` member included.
    static let overhead = 64

    private let capacityBytes: Int
    private var entries = CircularBuffer<Entry>()
    private(set) var bytes = 0
    /// Events left out in favour of newer ones.
    private(set) var coalesced = 0

    init(capacityBytes: Int) {
        self.capacityBytes = capacityBytes
    }

    var isEmpty: Bool { entries.isEmpty }

    /// Queues a frame; false when it does not fit.
    mutating func append(_ message: ByteBuffer, begins topic: String? = nil) -> Bool {
        append(.message(message, begins: topic))
    }

    /// Queues an event, coalescing others if that makes room; false when it does not fit even so.
    mutating func append(_ event: EncodedEvent) -> Bool {
        append(.event(event, coalesced: 0))
    }

    /// Takes the text that is to be written next.
    mutating func next() -> ByteBuffer? {
        guard let entry = entries.popFirst() else { return nil }
        bytes -= entry.size
        switch entry {
        case .message(let text, _): return text
        case .event(let event, let coalesced): return event.message(coalesced: coalesced)
        }
    }

    /// Drops everything.
    mutating func removeAll() {
        entries.removeAll()
        bytes = 0
    }

    /// A single entry is taken whatever its size: it exists already, and refused it would be refused for ever.
    private mutating func append(_ entry: Entry) -> Bool {
        entries.append(entry)
        bytes += entry.size
        guard bytes > capacityBytes else { return true }
        coalesce()
        return bytes <= capacityBytes || entries.count == 1
    }

    /// Goes from the newest entry to the oldest and leaves out each event that can be and whose topic has a later
    /// one, on this side of a frame that began the topic anew.
    private mutating func coalesce() {
        var kept = CircularBuffer<Entry>(initialCapacity: entries.count)
        /// Position in `kept`, from its end, of the event that stands for the older ones of its topic.
        var survivors: [String: Int] = [:]
        for entry in entries.reversed() {
            switch entry {
            case .message(_, let begins):
                if let begins { survivors[begins] = nil }
            case .event(let event, let count):
                if event.isCoalescable, let survivor = survivors[event.topic] {
                    stand(in: &kept, at: survivor, for: count + 1)
                    bytes -= entry.size
                    coalesced += 1
                    continue
                }
                survivors[event.topic] = kept.count
            }
            kept.append(entry)
        }
        entries = CircularBuffer(kept.reversed())
    }

    private func stand(in kept: inout CircularBuffer<Entry>, at position: Int, for others: Int) {
        let index = kept.index(kept.startIndex, offsetBy: position)
        guard case .event(let event, let count) = kept[index] else { return }
        kept[index] = .event(event, coalesced: count + others)
    }
}
