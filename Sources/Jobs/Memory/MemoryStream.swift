/// A stream: messages stay after they were read, the oldest go when there are too many bytes.
struct MemoryStream {
    private let maximumBytes: Int?
    private var messages: [StoredMessage] = []
    private var firstOffset: Int64 = 0
    private var bytes = 0
    var readers: Set<Int> = []

    init(_ definition: TopologyDefinition.Queue) {
        self.init(maximumBytes: definition.integer("x-max-length-bytes"))
    }

    init(maximumBytes: Int?) { self.maximumBytes = maximumBytes }

    /// The offset that the next message gets.
    var end: Int64 { firstOffset + Int64(messages.count) }

    mutating func append(_ message: StoredMessage) {
        messages.append(message)
        bytes += message.message.body.count
        guard let maximumBytes, bytes > maximumBytes else { return }
        // Half at a time, as a broker drops whole segments.
        var dropped = 0
        while bytes > maximumBytes / 2, dropped < messages.count - 1 {
            bytes -= messages[dropped].message.body.count
            dropped += 1
        }
        messages.removeFirst(dropped)
        firstOffset += Int64(dropped)
    }

    /// Where a reader begins. An offset that is no longer kept begins at the oldest that is.
    func start(_ position: LogPosition) -> Int64 {
        switch position {
        case .first: firstOffset
        case .next: end
        case .offset(let offset): offset
        }
    }

    /// The first message at `offset` or after it; nil when there is none yet.
    func message(from offset: Int64) -> (StoredMessage, offset: Int64)? {
        let found = max(offset, firstOffset)
        return found < end ? (messages[Int(found - firstOffset)], found) : nil
    }
}
