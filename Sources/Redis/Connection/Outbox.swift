import NIOCore
import Synchronization

/// Commands on their way from callers to the event loop of one connection, already in wire format, and the count of
/// what has no reply yet.
struct Outbox {
    typealias Entry = ReplyQueue<CommandWaiter>.Entry

    enum Posting {
        /// `mustWake`: nobody has told the event loop yet.
        case accepted(mustWake: Bool)
        case full
        case closed
    }

    /// What goes to the wire in one write.
    struct Load {
        var bytes = ByteBuffer()
        var entries: [Entry] = []
    }

    let maximumCommands: Int
    let maximumBytes: Int
    private var load = Load()
    private var commandsWithoutReply = 0
    private var bytesWithoutReply = 0
    private var isWakePending = false
    private(set) var isStalled = false
    private(set) var isClosed = false
    private(set) var isLeaving = false

    init(maximumCommands: Int, maximumBytes: Int) {
        self.maximumCommands = maximumCommands
        self.maximumBytes = maximumBytes
    }

    mutating func post(_ batch: CommandBatch) -> Posting {
        guard !isClosed else { return .closed }
        guard commandsWithoutReply + batch.commands.count <= maximumCommands, bytesWithoutReply < maximumBytes else {
            return .full
        }
        let before = load.bytes.readableBytes
        for command in batch.commands { command.encode(into: &load.bytes) }
        let byteCount = load.bytes.readableBytes - before
        commandsWithoutReply += batch.commands.count
        bytesWithoutReply += byteCount
        load.entries.append(
            Entry(
                waiter: batch.waiter, commandCount: batch.commands.count, byteCount: byteCount,
                deadline: batch.deadline))
        defer { isWakePending = true }
        return .accepted(mustWake: !isWakePending)
    }

    /// What has been posted since the last time.
    mutating func collect() -> Load {
        isWakePending = false
        defer { load = Load() }
        return load
    }

    /// Replies have come in, or have failed to.
    mutating func settle(commands: Int, bytes: Int, isStalled: Bool) {
        commandsWithoutReply -= commands
        bytesWithoutReply -= bytes
        self.isStalled = isStalled
    }

    /// Refuses everything from now on; what was posted can still be collected.
    mutating func leave() {
        isClosed = true
        isLeaving = true
    }

    /// Refuses everything from now on and gives back what was not collected.
    mutating func close() -> [CommandWaiter] {
        isClosed = true
        return collect().entries.map(\.waiter)
    }
}

/// The outbox as callers and the event loop share it.
final class SharedOutbox: Sendable {
    private let state: Mutex<Outbox>

    init(_ configuration: RedisConfiguration) {
        state = Mutex(
            Outbox(
                maximumCommands: configuration.maximumPipelined, maximumBytes: configuration.maximumPipelinedBytes))
    }

    var isStalled: Bool { state.withLock { $0.isStalled } }

    func post(_ batch: CommandBatch) -> Outbox.Posting { state.withLock { $0.post(batch) } }

    func collect() -> Outbox.Load { state.withLock { $0.collect() } }

    func settle(commands: Int, bytes: Int, isStalled: Bool) {
        state.withLock { $0.settle(commands: commands, bytes: bytes, isStalled: isStalled) }
    }

    var isLeaving: Bool { state.withLock { $0.isLeaving } }

    func leave() { state.withLock { $0.leave() } }

    func close() -> [CommandWaiter] { state.withLock { $0.close() } }
}
