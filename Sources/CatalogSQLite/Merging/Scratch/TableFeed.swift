import Domain

/// Takes what a comparison finds to differ in one table, and hands it over many steps at a time.
///
/// A value: an object's variables would be guarded at each of the many looks at them.
struct TableFeed {
    /// Steps that are handed over at a time.
    private static let batchBytes = 1 << 18

    private let feed: ScratchFeed
    private var row: ScratchRow
    private var steps: [UInt8] = []
    private var changes: [PackedRow.Cell] = []

    init(_ feed: ScratchFeed, _ table: EntityTable, isImage: Bool) throws {
        self.feed = feed
        row = ScratchRow(of: table)
        try feed.give(.open(table, isImage: isImage))
        makeRoom()
    }

    /// Adds a row that is new, of which the history shall say so.
    /// - Parameter cells: of all columns.
    /// - Throws: `DatabaseError` for one that the catalog could not have.
    mutating func add(new cells: [PackedRow.Cell]) throws { try add(.newRow, cells) }

    /// Adds a row.
    /// - Parameter cells: of all columns.
    /// - Throws: `DatabaseError` for one that the catalog could not have.
    mutating func add(row cells: [PackedRow.Cell]) throws { try add(.row, cells) }

    /// Adds a row that changes, and what the history shall say of it.
    /// - Parameters:
    ///   - cells: of all columns.
    ///   - columns: positions of those that change, ascending.
    ///   - former: the row as the catalog has it, as `Record` says.
    /// - Throws: `DatabaseError` for one that the catalog could not have.
    mutating func add(row cells: [PackedRow.Cell], changing columns: [Int], of former: UnsafeRawBufferPointer) throws {
        try row.demand(cells, at: columns)
        changes.removeAll(keepingCapacity: true)
        changes.append(.integer(Int64(columns.count)))
        for column in columns {
            changes.append(.integer(Int64(column)))
            changes.append(cells[column])
        }
        ScratchSteps.append(.changedRow, of: changes, former, to: &steps)
        try handOverIfFull()
    }

    /// Adds a row that the catalog has as it is.
    /// - Parameter record: as `Record` says.
    mutating func add(unchanged record: UnsafeRawBufferPointer) throws {
        ScratchSteps.append(.row, record, to: &steps)
        try handOverIfFull()
    }

    /// Adds what the history shall say of a row.
    mutating func add(_ kind: ScratchSteps.Kind, of cells: [PackedRow.Cell]) throws {
        ScratchSteps.append(kind, of: cells, to: &steps)
        try handOverIfFull()
    }

    /// Ends the table.
    mutating func finish() throws {
        try handOver()
        try feed.give(.finish)
    }

    private mutating func add(_ kind: ScratchSteps.Kind, _ cells: [PackedRow.Cell]) throws {
        try row.make(cells) { ScratchSteps.append(kind, $0, to: &steps) }
        try handOverIfFull()
    }

    private mutating func handOverIfFull() throws {
        if steps.count >= Self.batchBytes { try handOver() }
    }

    private mutating func handOver() throws {
        if steps.isEmpty { return }
        try feed.give(.steps(steps))
        makeRoom()
    }

    private mutating func makeRoom() {
        steps = []
        steps.reserveCapacity(Self.batchBytes + Self.batchBytes / 8)
    }
}
