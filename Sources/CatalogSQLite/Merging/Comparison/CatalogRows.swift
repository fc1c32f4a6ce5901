import Domain
import GRDB

/// Finds the catalog's rows for keys that come in ascending order: by going through the table beside them, or, when they
/// are few, by looking each up.
final class CatalogRows {
    /// Stands on the row that was found. Its columns are the table's, then created and modified date.
    let statement: RowStatement
    /// Whether the table is gone through.
    let isScan: Bool
    private var hasRow = false
    private var wasFound = false
    private var isAtEnd = false

    /// - Parameter scan: whether to go through the whole table.
    init(_ db: Database, table: EntityTable, scan: Bool) throws {
        isScan = scan
        let names = table.storedColumns.joined(separator: ", ")
        let end = scan ? "ORDER BY \(table.primaryKey)" : "WHERE \(table.primaryKey) = ?"
        statement = try RowStatement(db, sql: "SELECT \(names) FROM catalog.\(table.rawValue) \(end)")
    }

    /// Goes to the row with this key; false when there is none.
    /// - Parameter passing: called on each row that lies before it and was not found, when the table is gone through.
    func find(_ key: UnsafeRawBufferPointer, passing: () throws -> Void) throws -> Bool {
        guard isScan else {
            try statement.reset()
            try statement.bind(.text(key), at: 1)
            return try statement.step()
        }
        while try standsOnRow() {
            let order = KeyOrder.compare(statement.text(0), key)
            if order > 0 { return false }
            if order == 0 {
                wasFound = true
                return true
            }
            if !wasFound { try passing() }
            leave()
        }
        return false
    }

    /// Goes through what lies behind the last key.
    func passRest(_ passing: () throws -> Void) throws {
        while isScan, try standsOnRow() {
            if !wasFound { try passing() }
            leave()
        }
    }

    private func standsOnRow() throws -> Bool {
        if hasRow || isAtEnd { return hasRow }
        hasRow = try statement.step()
        isAtEnd = !hasRow
        return hasRow
    }

    private func leave() {
        hasRow = false
        wasFound = false
    }
}
