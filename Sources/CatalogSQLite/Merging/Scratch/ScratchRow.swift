import Domain
import GRDB

/// Makes rows of a table into what a tree of SQLite's holds of each, and refuses those that the catalog could not have.
struct ScratchRow {
    private let table: EntityTable
    private let kinds: [CellKind]
    private var record: Record
    private var changes: [(column: Int, cell: PackedRow.Cell)] = []

    /// Which cells a column may have.
    private struct CellKind {
        let isText: Bool
        let isRequired: Bool

        func takes(_ cell: PackedRow.Cell) -> Bool {
            switch cell {
            case .null: !isRequired
            case .text: isText
            case .real, .integer: !isText
            }
        }
    }

    init(of table: EntityTable) {
        self.table = table
        kinds =
            table.columns.map { CellKind(isText: $0.storage == "TEXT", isRequired: $0.required) }
            + EntityTable.clockColumns.map { _ in CellKind(isText: true, isRequired: true) }
        record = Record(width: kinds.count)
    }

    /// Hands over a row as `Record` says, which is good for the length of the call.
    /// - Parameter cells: of all columns.
    /// - Throws: `DatabaseError` for a row that the catalog could not have.
    mutating func make<Result>(
        _ cells: [PackedRow.Cell], _ body: (UnsafeRawBufferPointer) throws -> Result
    ) throws -> Result {
        record.clear()
        for column in kinds.indices {
            try demand(cells[column], column)
            record.append(cells[column])
        }
        return try record.withBytes(body)
    }

    /// The same for a row that is another one, which the catalog has, but for some of its cells.
    /// - Parameters:
    ///   - other: as `Record` says.
    ///   - columns: positions of the cells that change, ascending.
    mutating func make<Result>(
        _ cells: [PackedRow.Cell], from other: UnsafeRawBufferPointer, changing columns: [Int],
        _ body: (UnsafeRawBufferPointer) throws -> Result
    ) throws -> Result {
        changes.removeAll(keepingCapacity: true)
        for column in columns {
            try demand(cells[column], column)
            changes.append((column, cells[column]))
        }
        try record.begin(from: other, changes)
        return try record.withBytes(body)
    }

    private func demand(_ cell: PackedRow.Cell, _ column: Int) throws {
        if !kinds[column].takes(cell) { throw refusal(of: cell, column) }
    }

    private func refusal(of cell: PackedRow.Cell, _ column: Int) -> DatabaseError {
        let what =
            switch cell {
            case .null: "must not be empty"
            case .text: "cannot hold a text"
            case .real, .integer: "cannot hold a number"
            }
        return DatabaseError(
            resultCode: .SQLITE_CONSTRAINT, message: "\(table.rawValue).\(table.storedColumns[column]) \(what)")
    }
}
