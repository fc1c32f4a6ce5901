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

    /// The one that stands on the row. Its columns are the table's, then created and modified date.
    private(set) var statement: RowStatement
    /// Whether the table is gone through.
    let isScan: Bool
    private var hasRow = false
    private var wasFound = false
    /// One for each place that the table's rows lie in.
    private var places: [Place]
    /// Which of them `statement` is.
    private var present = 0

    /// Rows in the order of their keys.
    private struct Place {
        let rows: RowStatement
        /// Whether `rows` stands on one that was not passed yet.
        var hasRow = false
        var isAtEnd = false

        mutating func goOn() throws {
            guard !hasRow, !isAtEnd else { return }
            hasRow = try rows.step()
            isAtEnd = !hasRow
        }
    }

    /// - Parameter scan: whether to go through the whole table.
    init(_ table: CatalogTable, scan: Bool) throws {
        isScan = scan
        let key = table.table.primaryKey
        let end = scan ? "ORDER BY \(key)" : "AND \(key) = ?"
        let queries = table.queries(table.table.storedColumns.joined(separator: ", "))
        places = try queries.map { Place(rows: try RowStatement(table.db, sql: "\($0) \(end)")) }
        statement = places[0].rows
    }

    /// Goes on towards the row with this key.
    mutating func find(_ key: UnsafeRawBufferPointer) throws -> Finding {
        guard isScan else {
            for place in places {
                try place.rows.reset()
                try place.rows.bind(.text(key), at: 1)
                guard try place.rows.step() else { continue }
                statement = place.rows
                return .found
            }
            return .absent
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
        if hasRow { return true }
        for place in places.indices { try places[place].goOn() }
        var first: Int?
        for place in places.indices where places[place].hasRow {
            if let known = first, KeyOrder.compare(places[known].rows.text(0), places[place].rows.text(0)) < 0 {
                continue
            }
            first = place
        }
        guard let first else { return false }
        present = first
        statement = places[first].rows
        hasRow = true
        return true
    }

    /// Has the next look go to the next row, and tells whether this one was found.
    private mutating func leave() -> Bool {
        hasRow = false
        places[present].hasRow = false
        defer { wasFound = false }
        return wasFound
    }
}
