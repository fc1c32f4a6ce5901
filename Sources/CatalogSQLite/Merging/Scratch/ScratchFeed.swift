import Domain
import GRDB

/// Takes what a comparison finds to differ and has it written into the scratch: on a thread and a connection of their own,
/// beside the comparison, as soon as it is more than a little.
final class ScratchFeed {
    /// Steps that are handed over at a time.
    private static let batchBytes = 1 << 18

    private let db: Database
    private let open: () throws -> DatabaseQueue
    private var steps: [UInt8] = []
    /// Given before there was a thread.
    private var waiting: [ScratchOrder] = []
    private var writing: (line: ScratchLine, queue: DatabaseQueue)?
    /// Whether the present table is an image.
    private(set) var isImage = false

    /// - Parameters:
    ///   - db: the comparison's own connection to the scratch, which writes where it is not worth a thread.
    ///   - open: opens another one.
    init(_ db: Database, open: @escaping () throws -> DatabaseQueue) {
        self.db = db
        self.open = open
    }

    /// Begins a table.
    func begin(_ table: EntityTable, isImage: Bool) throws {
        self.isImage = isImage
        try give(.open(table, isImage: isImage))
    }

    /// Adds a row, a note or a deletion of the present table.
    /// - Parameter write: appends its cells.
    func add(_ kind: ScratchSteps.Kind, _ write: (inout [UInt8]) -> Void) throws {
        ScratchSteps.append(kind, to: &steps, write)
        if steps.count >= Self.batchBytes { try flush() }
    }

    /// Turns the present table into the beginning of an image.
    /// - Parameter rows: adds the catalog's rows up to here, in the order of their keys; what was added before goes over them.
    func becomeImage(_ rows: () throws -> Void) throws {
        try flush()
        try give(.beginImage)
        try rows()
        try flush()
        try give(.overlayImage)
        isImage = true
    }

    /// Ends the present table.
    func finish() throws {
        try flush()
        try give(.finish)
    }

    /// Ends all of it: when this returns, everything is written.
    func complete() throws {
        if let writing {
            try writing.line.complete()
            try writing.queue.close()
        } else {
            let writer = ScratchWriter(db)
            for order in waiting { try writer.carryOut(order) }
        }
    }

    /// Gives up.
    func abandon() {
        guard let writing else { return }
        writing.line.abandon()
        // What cannot be closed is removed with its file.
        try? writing.queue.close()
    }

    private func flush() throws {
        if steps.isEmpty { return }
        var full: [UInt8] = []
        full.reserveCapacity(Self.batchBytes + Self.batchBytes / 8)
        swap(&full, &steps)
        try give(.steps(full))
    }

    private func give(_ order: ScratchOrder) throws {
        if let writing { return try writing.line.give(order) }
        waiting.append(order)
        guard waiting.reduce(0, { $0 + $1.count }) >= 2 * Self.batchBytes else { return }
        let line = ScratchLine()
        let queue = try open()
        writing = (line, queue)
        queue.asyncWriteWithoutTransaction { db in
            line.stopped(
                Result {
                    try db.transaction(.immediate) {
                        let writer = ScratchWriter(db)
                        while let order = try line.take() { try writer.carryOut(order) }
                    }
                })
        }
        let given = waiting
        waiting = []
        for order in given { try line.give(order) }
    }
}
