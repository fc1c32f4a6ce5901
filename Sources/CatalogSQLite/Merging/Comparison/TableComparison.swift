import Catalog
import Domain

/// Compares the rows of a merge with one table of the catalog, both in the order of their keys, and writes what differs
/// into the scratch.
///
/// A value: an object's variables would be guarded at each of the many looks at them.
struct TableComparison {
    private(set) var delta: TableDelta
    private let merge: TableMerge
    private let table: EntityTable
    private var rows: CatalogRows
    private var scratch: TableFeed
    /// Whether the scratch holds the whole table.
    private let isImage: Bool
    private var rowsWritten = 0
    private let territoryColumn: Int
    private var row: ComingRow
    /// The row as the catalog has it and then shall have it: the table's columns, then created and modified date.
    private var found: [PackedRow.Cell] = []
    /// Positions of the columns in which the row is written otherwise than the catalog has it.
    private var rewritten: [Int] = []
    private var keys: [Int] = []
    private var missing: MissingRows?
    private var keysOfMissing: [Int] = []
    /// The changed territories, so that few of many rows make a text of one.
    private var territories = ByteTable()
    /// What a row was, as `ScratchSteps.Kind.change` says, where the writer does not get the row itself.
    private var former: [PackedRow.Cell] = []
    /// The merge's date.
    private let date: [UInt8]

    /// - Parameters:
    ///   - present: the table that is merged into.
    ///   - scratch: takes what differs, or the whole table.
    init(_ present: CatalogTable, _ merge: TableMerge, into scratch: ScratchFeed, _ way: MergeWay) throws {
        self.merge = merge
        isImage = way.isImage
        row = ComingRow(of: merge)
        date = Array(merge.date.utf8)
        table = merge.table
        delta = TableDelta(sources: merge.columns.count)
        territoryColumn = merge.table.territoryColumn.flatMap(merge.table.index(of:)) ?? 0
        missing = MissingRows(merge.replacement, table: merge.table)
        rows = try CatalogRows(present, scan: way.isScan)
        self.scratch = try TableFeed(scratch, merge.table, isImage: way.isImage)
        keys.reserveCapacity(merge.expectedRows)
    }

    /// Compares the next row.
    /// - Parameter bytes: as `PackedRow` says.
    /// - Throws: `CatalogError` when they are no row.
    mutating func add(_ bytes: UnsafeRawBufferPointer, source: Int) throws {
        let key = try row.read(bytes, source: source)
        keys.append(ByteHash.of(key))
        while true {
            switch try rows.find(key) {
            case .passed: try passRow()
            case .absent: return try insert(key)
            case .found:
                try rows.row.read(into: &found)
                if missing?.mean(found) == true { countInScope() }
                return try compare(key)
            }
        }
    }

    /// Ends the comparison.
    mutating func finish() throws -> PreparedTable {
        while try rows.passNext() { try passRow() }
        try scratch.finish()
        delta.scopes = missing?.scopes ?? []
        return PreparedTable(
            imageRows: isImage ? rowsWritten : nil, keys: keys, keysOfMissing: keysOfMissing,
            decisiveColumns: table.decisiveColumns(mapping: merge.changedColumns))
    }

    /// The merge has none with this row's key.
    private mutating func passRow() throws {
        if missing == nil, !isImage { return }
        try rows.row.read(into: &found)
        guard missing?.mean(found) == true else { return try keepRow() }
        countInScope()
        let key = rows.row.key
        if missing?.keep(key) == true { return try keepRow() }
        try found.json(of: table).withUnsafeBytes { try scratch.add(.deletion, of: [.text(key), .text($0)]) }
        delta.deleted += 1
        missing?.count(isDeleted: true)
        keysOfMissing.append(ByteHash.of(key))
        markKey(key)
        markTerritory(found[territoryColumn])
    }

    private mutating func countInScope() {
        delta.inScope += 1
        missing?.count(isDeleted: false)
    }

    /// Keeps the catalog's row, which was read, as it is; nothing need be done for that unless the scratch holds the whole table.
    private mutating func keepRow() throws {
        guard isImage else { return }
        rowsWritten += 1
        if let record = rows.row.record { try scratch.add(unchanged: record) } else { try scratch.add(row: found) }
    }

    /// Positions of the columns in which the row is written otherwise than the catalog has it, ascending.
    private mutating func noteRewritten() {
        rewritten.removeAll(keepingCapacity: true)
        rewritten.append(contentsOf: row.changed)
        rewritten.append(found.count - 1)
    }

    private mutating func insert(_ key: UnsafeRawBufferPointer) throws {
        found.removeAll(keepingCapacity: true)
        row.append(to: &found)
        let date = date
        try date.withUnsafeBytes { date in
            for _ in EntityTable.clockColumns { found.append(.text(date)) }
            rowsWritten += 1
            try scratch.add(new: found)
        }
        delta.outcomes[row.source].inserted += 1
        markKey(key)
        markTerritory(row.cell(territoryColumn))
    }

    private mutating func compare(_ key: UnsafeRawBufferPointer) throws {
        if merge.strategy == .append {
            if delta.takenKey == nil { delta.takenKey = String(decoding: key, as: UTF8.self) }
            return
        }
        row.compare(found)
        guard !row.changed.isEmpty else {
            delta.outcomes[row.source].unchanged += 1
            return try keepRow()
        }
        let record = rows.row.record
        if record == nil {
            former.removeAll(keepingCapacity: true)
            former.append(.text(key))
            for column in row.changed {
                former.append(.integer(Int64(column)))
                former.append(found[column])
            }
            try scratch.add(.change, of: former)
        }
        let territory = found[territoryColumn]
        for column in row.changed { found[column] = row.cell(column) }
        rowsWritten += 1
        let date = date
        try date.withUnsafeBytes { date in
            found[found.count - 1] = .text(date)
            guard let record else { return try scratch.add(row: found) }
            noteRewritten()
            try scratch.add(row: found, changing: rewritten, of: record)
        }
        delta.outcomes[row.source].updated += 1
        markKey(key)
        markTerritory(territory)
        if row.changed.contains(territoryColumn) { markTerritory(found[territoryColumn]) }
    }

    private mutating func markKey(_ key: UnsafeRawBufferPointer) {
        if table != .outlets { delta.changedKeys.insert(String(decoding: key, as: UTF8.self)) }
    }

    private mutating func markTerritory(_ cell: PackedRow.Cell) {
        guard case .text(let id) = cell else {
            delta.changedOutsideTerritories = true
            return
        }
        let known = territories.count
        if territories.insert(id) == known { delta.changedTerritories.insert(String(decoding: id, as: UTF8.self)) }
    }
}
