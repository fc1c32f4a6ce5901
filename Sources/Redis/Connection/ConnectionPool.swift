import NIOCore

/// Which connection takes a command, and who waits while there is none. To be held under one lock.
struct ConnectionPool {
    enum Placement {
        case sent
        /// Posted: wake this connection.
        case posted(RedisConnection)
        /// Waits for a connection. The deadline is there when nobody watches the deadlines yet.
        case waiting(watch: NIODeadline?)
        case refused(RedisError)
    }

    private enum Phase { case idle, running, stopped }

    private(set) var connections: [RedisConnection] = []
    private var phase = Phase.idle
    private var cursor = 0
    private var waiting: WaitingCommands
    private var isWatched = false
    /// Why the last attempt to connect failed.
    private var lastFailure: RedisError?

    init(maximumWaiting: Int) { waiting = WaitingCommands(maximumCommands: maximumWaiting) }

    /// False when the client runs already, or has ended.
    mutating func begin() -> Bool {
        guard phase == .idle else { return false }
        phase = .running
        return true
    }

    /// Connections take turns; one that is late with its replies comes last.
    mutating func place(_ batch: CommandBatch) -> Placement {
        guard phase != .stopped else {
            return .refused(RedisError(.notConnected, "This Redis client has been shut down."))
        }
        cursor &+= 1
        var isFull = false
        for lateOnes in [false, true] {
            for index in connections.indices {
                let connection = connections[(index &+ cursor & Int.max) % connections.count]
                guard connection.isStalled == lateOnes else { continue }
                switch connection.post(batch) {
                case .accepted(let mustWake): return mustWake ? .posted(connection) : .sent
                case .full: isFull = true
                case .closed: continue
                }
            }
        }
        guard !isFull, waiting.append(batch) else {
            return .refused(
                RedisError(
                    .overloaded,
                    "Too many Redis commands have no reply yet. Slow down, or raise maximumPipelined or poolSize."))
        }
        defer { isWatched = true }
        return .waiting(watch: isWatched ? nil : waiting.nextDeadline)
    }

    /// A new connection takes what has waited, before anything newer. Gives back what it has no room for.
    mutating func add(_ connection: RedisConnection) -> [CommandBatch] {
        lastFailure = nil
        var refused: [CommandBatch] = []
        for batch in waiting.removeAll() {
            switch connection.post(batch) {
            case .accepted: break
            case .full: refused.append(batch)
            // Closed again already: there is room for what was in the queue a moment ago.
            case .closed: _ = waiting.append(batch)
            }
        }
        connections.append(connection)
        return refused
    }

    mutating func remove(_ connection: RedisConnection) { connections.removeAll { $0 === connection } }

    /// An attempt to connect has failed. Gives back those who need not wait any longer: wrong settings stay wrong.
    mutating func note(_ failure: RedisError) -> [CommandBatch] {
        lastFailure = failure
        guard failure.staysWrong, connections.isEmpty else { return [] }
        return waiting.removeAll()
    }

    /// Takes out whose time is over, and says when to look again.
    mutating func expire(at now: NIODeadline) -> (overdue: [CommandBatch], error: RedisError, next: NIODeadline?) {
        let overdue = waiting.expire(at: now)
        let next = waiting.nextDeadline
        isWatched = next != nil
        return (overdue, absence, next)
    }

    /// Refuses everything from now on and gives back who still waits.
    mutating func stop() -> [CommandBatch] {
        phase = .stopped
        return waiting.removeAll()
    }

    private var absence: RedisError {
        if let lastFailure, lastFailure.staysWrong || lastFailure.code == .noPrimary { return lastFailure }
        let hint = phase == .idle ? " Its run() has not been called." : ""
        return RedisError(.notConnected, "No connection to Redis within the command's time.\(hint)", cause: lastFailure)
    }
}
