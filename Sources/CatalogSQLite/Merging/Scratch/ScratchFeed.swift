import Dispatch
import Domain

/// Takes what a comparison finds to differ and has it written into the scratch, on a thread beside the comparison.
final class ScratchFeed {
    /// Steps that are handed over at a time.
    private static let batchBytes = 1 << 18

    private let line = ScratchLine()
    private var steps: [UInt8] = []
    /// Of the present table.
    private var row: ScratchRow?

    /// - Parameter open: opens the scratch, on that thread.
    init(_ open: @Sendable @escaping () throws -> ScratchFile) {
        DispatchQueue(label: "srto.merge").async { [line] in
            line.stopped(
                Result {
                    let file = try open()
                    let writer = ScratchWriter(file)
                    while let order = try line.take() { try writer.carryOut(order) }
                    return try file.finish()
                })
        }
    }

    /// Begins a table.
    func begin(_ table: EntityTable, isImage: Bool) throws {
        row = ScratchRow(of: table)
        try line.give(.open(table, isImage: isImage))
    }

    /// Adds a row of the present table.
    /// - Parameter cells: of all columns.
    /// - Throws: `DatabaseError` for one that the catalog could not have.
    func add(row cells: [PackedRow.Cell]) throws {
        try row?.make(cells) { ScratchSteps.append(row: $0, to: &steps) }
        if steps.count >= Self.batchBytes { try flush() }
    }

    /// Adds a row of the present table that is another one, which the catalog has, but for some of its cells.
    /// - Parameters:
    ///   - other: as `Record` says.
    ///   - columns: positions of the cells that change, ascending.
    func add(row cells: [PackedRow.Cell], from other: UnsafeRawBufferPointer, changing columns: [Int]) throws {
        try row?.make(cells, from: other, changing: columns) { ScratchSteps.append(row: $0, to: &steps) }
        if steps.count >= Self.batchBytes { try flush() }
    }

    /// Adds a row of the present table that the catalog has as it is.
    /// - Parameter record: as `Record` says.
    func add(unchanged record: UnsafeRawBufferPointer) throws {
        ScratchSteps.append(row: record, to: &steps)
        if steps.count >= Self.batchBytes { try flush() }
    }

    /// Adds what the history shall say of a row of the present table.
    func add(_ kind: ScratchSteps.Kind, _ cells: [PackedRow.Cell]) throws {
        ScratchSteps.append(kind, cells, to: &steps)
        if steps.count >= Self.batchBytes { try flush() }
    }

    /// Ends the present table.
    func finish() throws {
        try flush()
        try line.give(.finish)
    }

    /// Ends all of it: when this returns, everything is written.
    func complete() throws -> [ScratchFile.Tree] { try line.complete() }

    /// Gives up.
    func abandon() { line.abandon() }

    private func flush() throws {
        if steps.isEmpty { return }
        var full: [UInt8] = []
        full.reserveCapacity(Self.batchBytes + Self.batchBytes / 8)
        swap(&full, &steps)
        try line.give(.steps(full))
    }
}
