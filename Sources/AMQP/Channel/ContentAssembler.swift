import NIOCore

/// Puts a message together from its method, header and body frames.
struct ContentAssembler {
    /// What announced the message.
    enum Start: Equatable {
        case deliver(ServerMethod.DeliverFields)
        case returned(ServerMethod.ReturnFields)
    }

    /// A whole message.
    struct Content: Equatable {
        var start: Start
        var properties: AMQPProperties
        var body: [UInt8]
        /// The body was above the maximum and has been thrown away.
        var isOversized: Bool
    }

    private let maximumBodyBytes: Int
    private var start: Start?
    private var properties: AMQPProperties?
    private var body: [UInt8] = []
    private var missing: UInt64 = 0
    private var isOversized = false

    init(maximumBodyBytes: Int) {
        self.maximumBodyBytes = maximumBodyBytes
    }

    var isIdle: Bool { start == nil }

    mutating func begin(_ start: Start) throws(AMQPError) {
        guard isIdle else { throw .violation("a message begins inside another") }
        self.start = start
    }

    mutating func receive(_ properties: AMQPProperties, bodySize: UInt64) throws(AMQPError) -> Content? {
        guard let start, self.properties == nil else { throw .violation("a content header that belongs to nothing") }
        self.properties = properties
        missing = bodySize
        isOversized = bodySize > UInt64(maximumBodyBytes)
        // What comes back was ours: its body is of no use to anyone.
        if case .deliver = start, !isOversized { body.reserveCapacity(Int(bodySize)) }
        return takeIfComplete()
    }

    mutating func receive(_ piece: ByteBuffer) throws(AMQPError) -> Content? {
        guard let start, properties != nil else { throw .violation("a body frame that belongs to nothing") }
        guard UInt64(piece.readableBytes) <= missing else { throw .violation("a body is longer than its header said") }
        missing -= UInt64(piece.readableBytes)
        if case .deliver = start, !isOversized {
            // SAFETY: the pointer does not leave the closure, which copies the bytes.
            piece.withUnsafeReadableBytes { body.append(contentsOf: $0) }
        }
        return takeIfComplete()
    }

    mutating func reset() {
        self = ContentAssembler(maximumBodyBytes: maximumBodyBytes)
    }

    private mutating func takeIfComplete() -> Content? {
        guard missing == 0, let start, let properties else { return nil }
        let content = Content(start: start, properties: properties, body: body, isOversized: isOversized)
        reset()
        return content
    }
}
