import Domain
import GRDB

/// Finds the catalog's rows for keys that come in ascending order: by going through the table beside them, or, when they
/// are few, by looking each up.
///
/// A value: an object's variables would be guarded at each of the many looks at them.
struct CatalogRows {
    /// What the next look at the table came to.
    enum Finding {
        /// `row` is the row with the key.
        case found
        /// There is none.
        case absent
        /// `row` lies before the key and was not found: look again.
        case passed
    }

    /// Its columns are the table's, then created and modified date.
    private(set) var row: PresentRow
    private var hasRow = false
    private var wasFound = false
    /// Where the table's rows lie, each of which is gone through; empty when rows are looked up.
    private var places: [Place] = []
    /// Which of them `row` is of.
    private var present = 0
    /// Finds the row with a key, one for each place.
    private var lookups: [RowStatement] = []

    /// Rows in the order of their keys.
    private struct Place {
        let row: PresentRow
        /// Whether `row` was not passed yet.
        var hasRow = false
        var isAtEnd = false

        mutating func goOn() throws {
            guard !hasRow, !isAtEnd else { return }
            hasRow = try row.step()
            isAtEnd = !hasRow
        }
    }

    /// - Parameter scan: whether to go through the whole table.
    init(_ table: CatalogTable, scan: Bool) throws {
        if scan {
            places = try table.scans().map { Place(row: $0) }
            row = places[0].row
        } else {
            lookups = try table.lookups()
            row = .statement(lookups[0])
        }
    }

    /// Goes on towards the row with this key.
    mutating func find(_ key: UnsafeRawBufferPointer) throws -> Finding {
        if !isScan { return try lookUp(key) }
        while try standsOnRow() {
            let order = KeyOrder.compare(row.key, key)
            if order > 0 { return .absent }
            if order == 0 {
                wasFound = true
                return .found
            }
            if !leave() { return .passed }
        }
        return .absent
    }

    /// Goes on through what lies behind the last key; false at the end. `row` is each row in turn.
    mutating func passNext() throws -> Bool {
        while isScan, try standsOnRow() {
            if !leave() { return true }
        }
        return false
    }

    private var isScan: Bool { !places.isEmpty }

    private mutating func lookUp(_ key: UnsafeRawBufferPointer) throws -> Finding {
        for lookup in lookups {
            try lookup.reset()
            try lookup.bind(.text(key), at: 1)
            guard try lookup.step() else { continue }
            row = .statement(lookup)
            return .found
        }
        return .absent
    }

    private mutating func standsOnRow() throws -> Bool {
        if hasRow { return true }
        for place in places.indices { try places[place].goOn() }
        var first: Int?
        for place in places.indices where places[place].hasRow {
            if let known = first, KeyOrder.compare(places[known].row.key, places[place].row.key) < 0 {
                continue
            }
            first = place
        }
        guard let first else { return false }
        present = first
        row = places[first].row
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
