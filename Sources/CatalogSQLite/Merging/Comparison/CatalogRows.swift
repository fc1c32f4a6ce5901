import Domain
import GRDB

/// Finds the catalog's rows for keys that come in ascending order: by going through the table beside them, or, when they
/// are few, by looking each up.
///
/// A value: an object's variables would be guarded at each of the many looks at them.
struct CatalogRows {
    /// What the next look at the table came to.
    enum Finding {
        /// `statement` stands on the row with the key.
        case found
        /// There is none.
        case absent
        /// `statement` stands on a row that lies before the key and was not found: look again.
        case passed
    }

    /// Its columns are the table's, then created and modified date.
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

    /// Goes on towards the row with this key.
    mutating func find(_ key: UnsafeRawBufferPointer) throws -> Finding {
        guard isScan else {
            try statement.reset()
            try statement.bind(.text(key), at: 1)
            return try statement.step() ? .found : .absent
        }
        while try standsOnRow() {
            let order = KeyOrder.compare(statement.text(0), key)
            if order > 0 { return .absent }
            if order == 0 {
                wasFound = true
                return .found
            }
            if !leave() { return .passed }
        }
        return .absent
    }

    /// Goes on through what lies behind the last key; false at the end. `statement` stands on each row in turn.
    mutating func passNext() throws -> Bool {
        while isScan, try standsOnRow() {
            if !leave() { return true }
        }
        return false
    }

    private mutating func standsOnRow() throws -> Bool {
        if hasRow || isAtEnd { return hasRow }
        hasRow = try statement.step()
        isAtEnd = !hasRow
        return hasRow
    }

    /// Has the next look go to the next row, and tells whether this one was found.
    private mutating func leave() -> Bool {
        hasRow = false
        defer { wasFound = false }
        return wasFound
    }
}
