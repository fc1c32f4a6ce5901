import NIOCore

/// Commands for which there is no connection yet, oldest first, each until its deadline.
struct WaitingCommands {
    let maximumCommands: Int
    private var batches = CircularBuffer<CommandBatch>()
    private var commandCount = 0

    init(maximumCommands: Int) { self.maximumCommands = maximumCommands }

    var isEmpty: Bool { batches.isEmpty }

    /// The oldest batch's deadline. All commands have the same time, so the oldest is the first to run out of it.
    var nextDeadline: NIODeadline? { batches.first?.deadline }

    /// False when there is no room.
    mutating func append(_ batch: CommandBatch) -> Bool {
        guard commandCount + batch.commands.count <= maximumCommands else { return false }
        commandCount += batch.commands.count
        batches.append(batch)
        return true
    }

    /// Takes out the batches whose time is over.
    mutating func expire(at now: NIODeadline) -> [CommandBatch] {
        var overdue: [CommandBatch] = []
        while let first = batches.first, first.deadline <= now {
            overdue.append(batches.removeFirst())
            commandCount -= first.commands.count
        }
        return overdue
    }

    mutating func removeAll() -> [CommandBatch] {
        defer {
            batches.removeAll()
            commandCount = 0
        }
        return Array(batches)
    }
}
