import Domain
import GRDB
import GRDBSQLite

/// Cells that are bound and read where they lie.
extension RowStatement {
    /// Makes ready to bind anew and to step from the start; what is not bound then is null.
    func reset() throws {
        sqlite3_reset(handle)
        try check(sqlite3_clear_bindings(handle))
    }

    /// Binds a cell, whose text must live until the statement was stepped.
    func bind(_ cell: PackedRow.Cell, at position: Int32) throws {
        switch cell {
        case .null: try check(sqlite3_bind_null(handle, position))
        case .real(let number): try check(sqlite3_bind_double(handle, position, number))
        case .integer(let number): try check(sqlite3_bind_int64(handle, position, number))
        case .text(let bytes):
            guard let base = bytes.baseAddress else {
                return try check(sqlite3_bind_text(handle, position, "", 0, nil))
            }
            // SAFETY: no destructor (SQLITE_STATIC): the caller keeps the bytes until the statement was stepped.
            try check(
                sqlite3_bind_text(
                    handle, position, base.assumingMemoryBound(to: CChar.self), Int32(bytes.count), nil))
        }
    }

    /// The bytes of a text cell of the present row, good until the next step; empty for any other.
    func text(_ column: Int32) -> UnsafeRawBufferPointer {
        if case .text(let bytes) = packed(column) { bytes } else { UnsafeRawBufferPointer(start: nil, count: 0) }
    }

    /// A cell of the present row, good until the next step.
    func packed(_ column: Int32) -> PackedRow.Cell {
        // SAFETY: SQLite keeps the value until the next step, and its statement is used on this thread only, as reading a value
        // that is not protected demands. It is asked for once: each look at a column locks, unlocks and checks for errors.
        let value = sqlite3_column_value(handle, column)
        switch sqlite3_value_type(value) {
        case SQLITE_INTEGER: return .integer(sqlite3_value_int64(value))
        case SQLITE_FLOAT: return .real(sqlite3_value_double(value))
        case SQLITE_TEXT:
            let bytes = sqlite3_value_text(value)
            return .text(
                UnsafeRawBufferPointer(start: bytes, count: bytes == nil ? 0 : Int(sqlite3_value_bytes(value))))
        default: return .null
        }
    }

    /// The cells of the present row, good until the next step.
    func read(into cells: inout [PackedRow.Cell]) {
        cells.removeAll(keepingCapacity: true)
        for column in 0..<sqlite3_column_count(handle) { cells.append(packed(column)) }
    }

    /// Whether a cell of the present row holds nothing.
    func isNull(_ column: Int32) -> Bool {
        sqlite3_column_type(handle, column) == SQLITE_NULL
    }

    /// The present row by column name, as the row history keeps it.
    /// - Parameter columns: those that count.
    func json(of table: EntityTable, columns: [Int]) -> [UInt8] {
        var cells: [PackedRow.Cell] = []
        read(into: &cells)
        return cells.json(of: table, columns: columns)
    }
}
