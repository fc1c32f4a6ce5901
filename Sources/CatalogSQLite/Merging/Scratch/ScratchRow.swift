import Domain
import GRDB

/// Makes rows of a table into what a tree of SQLite's holds of each, and refuses those that the catalog could not have.
struct ScratchRow {
    private let table: EntityTable
    private let kinds: [CellKind]
    private var record: Record

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
        // A record has room for so many.
        precondition(cells.count == kinds.count)
        for column in kinds.indices { try demand(cells[column], column) }
        record.clear()
        record.append(cells)
        return try record.withBytes(body)
    }

    /// Looks whether the catalog could have these cells of a row.
    /// - Throws: `DatabaseError` where it could not.
    func demand(_ cells: [PackedRow.Cell], at columns: [Int]) throws {
        for column in columns { try demand(cells[column], column) }
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
