import Domain

/// The rows of one table in the scratch, as they shall be in the catalog: those that differ, or the whole table in the order of its
/// keys, which the catalog then takes over page by page. Beside them the change's rows of the history, and which rows go.
///
/// A value: an object's variables would be guarded at each of the many looks at them.
struct ScratchTable {
    private let table: EntityTable
    private let file: ScratchFile
    private var rows: ScratchRows
    private var history: ScratchHistory
    /// One that goes.
    private var record = Record(width: 1)
    /// A row that changes, in what, and what it was there.
    private var row: Record
    private var changes: [(column: Int, cell: PackedRow.Cell)] = []
    private var replaced: [PackedRow.Cell] = []
    private var deletions: TreeWriter
    /// As JSON has them before a member's value.
    private let nameOfColumn: [[UInt8]]
    /// The former cells of a row, as the history keeps them.
    private var former = JSONText()

    init(_ file: ScratchFile, _ table: EntityTable, isImage: Bool) {
        self.file = file
        self.table = table
        nameOfColumn = table.columns.map { JSONText.made(key: $0.name) }
        row = Record(width: table.storedColumns.count)
        rows = ScratchRows(file, table, isImage: isImage)
        history = ScratchHistory(file.pages)
        deletions = TreeWriter(.table, in: file.pages)
    }

    static func image(_ table: EntityTable) -> String { "image_\(table.rawValue)" }
    static func delta(_ table: EntityTable) -> String { "delta_\(table.rawValue)" }
    static func history(_ table: EntityTable) -> String { "history_\(table.rawValue)" }
    static func deletions(_ table: EntityTable) -> String { "deletions_\(table.rawValue)" }

    /// Writes a row. An image's must come in the order of their keys.
    /// - Parameter row: as `Record` says.
    /// - Throws: `DatabaseError` for rows that are not in order, and when it cannot be written.
    mutating func write(_ row: UnsafeRawBufferPointer) throws { try rows.append(row, key: RecordCells.key(row)) }

    /// Writes a row that is new.
    mutating func insert(_ row: UnsafeRawBufferPointer) throws {
        let key = try RecordCells.key(row)
        try rows.append(row, key: key)
        try note(key, before: nil)
    }

    /// Has a row of the catalog go. An image leaves it out besides.
    /// - Parameter before: the whole row as JSON.
    mutating func delete(_ key: UnsafeRawBufferPointer, before: UnsafeRawBufferPointer) throws {
        record.clear()
        record.append(.text(key))
        try record.withBytes { try deletions.append($0) }
        try note(key, before: before)
    }

    /// Writes what the history shall say of a row.
    /// - Parameter before: nil for a new row; otherwise what changes, or all that goes, as JSON.
    mutating func note(_ key: UnsafeRawBufferPointer, before: UnsafeRawBufferPointer?) throws {
        try history.append(key, before: before)
    }

    /// Writes what the history shall say of a row that changes.
    /// - Parameter step: as `ScratchSteps.Kind.change` says.
    mutating func change(_ step: inout PackedRow.Reader) throws {
        let key = try step.nextText()
        former.clear()
        former.open("{")
        while !step.isAtEnd {
            let column = try Self.column(&step)
            former.key(made: nameOfColumn[column])
            former.value(stored: try step.next())
        }
        try noteFormer(key)
    }

    /// Writes a row that changes, and what the history shall say of it.
    /// - Parameter step: as `ScratchSteps.Kind.changedRow` says.
    mutating func rewrite(_ step: inout PackedRow.Reader) throws {
        changes.removeAll(keepingCapacity: true)
        for _ in 0..<(try Self.column(&step)) { changes.append((try Self.column(&step), try step.next())) }
        let key = try RecordCells.key(step.rest)
        try row.begin(from: step.rest, changes, replaced: &replaced)
        try row.withBytes { try rows.append($0, key: key) }
        former.clear()
        former.open("{")
        // What the catalog itself notes of a row is not told.
        for (change, cell) in zip(changes, replaced) where change.column < nameOfColumn.count {
            former.key(made: nameOfColumn[change.column])
            former.value(stored: cell)
        }
        try noteFormer(key)
    }

    private mutating func noteFormer(_ key: UnsafeRawBufferPointer) throws {
        former.close("}")
        let former = former.bytes
        try former.withUnsafeBytes { try note(key, before: $0) }
    }

    private static func column(_ step: inout PackedRow.Reader) throws(PackedRow.Damaged) -> Int {
        guard case .integer(let number) = try step.next() else { throw PackedRow.Damaged() }
        return Int(number)
    }

    /// Ends the table.
    mutating func finish() throws {
        try rows.finish()
        let (history, deletions) = (Self.history(table), Self.deletions(table))
        file.add(table: history, ScratchHistory.createTable(named: history), root: try self.history.finish())
        file.add(
            table: deletions, "CREATE TABLE \(deletions) (row_key TEXT)", root: try self.deletions.finish())
    }
}
