import Domain
import GRDB
import GRDBSQLite

/// A prepared statement read and bound through SQLite's C interface: on rows by the hundred thousand, boxing every
/// cell for a general one costs several times the statement itself.
final class RowStatement {
    private let statement: Statement
    // SAFETY: owned by `statement`, which GRDB frees after this object; used only inside the transaction's closure.
    let handle: OpaquePointer
    private let db: Database

    init(_ db: Database, sql: String) throws {
        statement = try db.makeStatement(sql: sql)
        handle = statement.sqliteStatement
        self.db = db
    }

    deinit { sqlite3_reset(handle) }

    /// Binds parameters from the first on, and makes ready to step from the start.
    func bind(_ values: some Sequence<FieldValue>) throws {
        sqlite3_reset(handle)
        var position: Int32 = 0
        for value in values {
            position += 1
            try check(code(binding: value, at: position))
        }
    }

    func code(binding value: FieldValue, at position: Int32) -> Int32 {
        switch value {
        case .null: sqlite3_bind_null(handle, position)
        case .real(let number): sqlite3_bind_double(handle, position, number)
        case .integer(let number): sqlite3_bind_int64(handle, position, number)
        case .text(var text):
            text.withUTF8 { utf8 in
                utf8.withMemoryRebound(to: CChar.self) { bytes in
                    // SAFETY: SQLITE_TRANSIENT (-1) makes SQLite copy the bytes before this returns.
                    sqlite3_bind_text(
                        handle, position, bytes.baseAddress, Int32(bytes.count),
                        unsafeBitCast(-1, to: sqlite3_destructor_type.self))
                }
            }
        }
    }

    /// Moves to the next row; false at the end.
    func step() throws -> Bool {
        let code = sqlite3_step(handle)
        if code == SQLITE_ROW { return true }
        if code == SQLITE_DONE { return false }
        throw error(code)
    }

    /// Runs a statement that has no rows.
    func execute() throws {
        while try step() {}
    }

    /// The cells of the present row.
    func row() -> [FieldValue] {
        (0..<sqlite3_column_count(handle)).map(cell)
    }

    /// A cell of the present row.
    func cell(_ column: Int32) -> FieldValue {
        switch sqlite3_column_type(handle, column) {
        case SQLITE_INTEGER: return .integer(sqlite3_column_int64(handle, column))
        case SQLITE_FLOAT: return .real(sqlite3_column_double(handle, column))
        case SQLITE_TEXT:
            guard let bytes = sqlite3_column_text(handle, column) else { return .null }
            // SAFETY: SQLite keeps the bytes until the next step; they are copied here.
            let buffer = UnsafeBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(handle, column)))
            return .text(String(decoding: buffer, as: UTF8.self))
        default: return .null
        }
    }

    /// Whether a cell of the present row equals `value`, without copying it.
    func cell(_ column: Int32, equals value: FieldValue) -> Bool {
        switch value {
        case .null: return sqlite3_column_type(handle, column) == SQLITE_NULL
        case .integer, .real: return cell(column) == value || number(column) == value.number
        case .text(var text):
            guard let bytes = sqlite3_column_text(handle, column) else { return false }
            let count = Int(sqlite3_column_bytes(handle, column))
            return text.withUTF8 { utf8 in
                // SAFETY: both buffers live through the comparison.
                utf8.count == count && utf8.elementsEqual(UnsafeBufferPointer(start: bytes, count: count))
            }
        }
    }

    func number(_ column: Int32) -> Double? {
        sqlite3_column_type(handle, column) == SQLITE_NULL ? nil : sqlite3_column_double(handle, column)
    }

    func check(_ code: Int32) throws {
        if code != SQLITE_OK { throw error(code) }
    }

    private func error(_ code: Int32) -> DatabaseError {
        DatabaseError(resultCode: ResultCode(rawValue: code), message: db.lastErrorMessage)
    }
}

extension FieldValue {
    /// The cell as a number, as SQLite stores it in a REAL column.
    var number: Double? {
        switch self {
        case .real(let value): value
        case .integer(let value): Double(value)
        case .null, .text: nil
        }
    }
}
