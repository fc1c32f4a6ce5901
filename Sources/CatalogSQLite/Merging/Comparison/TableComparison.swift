import Catalog
import Domain
import GRDB

/// Compares the rows of a merge with one table of the catalog, both in the order of their keys, and writes what differs
/// into the scratch.
///
/// A value: an object's variables would be guarded at each of the many looks at them.
struct TableComparison {
    private(set) var delta: TableDelta
    private let merge: TableMerge
    private let table: EntityTable
    private let rows: CatalogRows
    private let scratch: ScratchFeed
    /// Whether the scratch holds the whole table.
    private let isImage: Bool
    private let territoryColumn: Int
    private let storedCount: Int32
    /// As JSON has them before a member's value.
    private let nameOfColumn: [[UInt8]]
    private var row: ComingRow
    /// The catalog's row with the same key: the table's columns, then created and modified date.
    private var found: [PackedRow.Cell] = []
    private var keys: [Int] = []
    private var missing: MissingRows?
    private var keysOfMissing: [Int] = []
    /// The changed territories by the hashes of their bytes, so that few of many rows make a text of one.
    private var territoryByHash: [Int: [UInt8]] = [:]
    /// The merge's date as a packed cell.
    private let date: [UInt8]

    /// - Parameters:
    ///   - db: the scratch's connection, with the catalog attached.
    ///   - scratch: takes what differs, or the whole table.
    init(_ db: Database, _ merge: TableMerge, into scratch: ScratchFeed, _ way: MergeWay) throws {
        self.merge = merge
        self.scratch = scratch
        isImage = way.isImage
        row = ComingRow(of: merge)
        var date: [UInt8] = []
        var text = merge.date
        text.withUTF8 { PackedRow.append(.text(UnsafeRawBufferPointer($0)), to: &date) }
        self.date = date
        table = merge.table
        delta = TableDelta(sources: merge.columns.count)
        nameOfColumn = merge.table.columns.map { JSONText.made(key: $0.name) }
        territoryColumn = merge.table.territoryColumn.flatMap(merge.table.index(of:)) ?? 0
        storedCount = Int32(merge.table.storedColumns.count)
        missing = MissingRows(merge.replacement, table: merge.table)
        rows = try CatalogRows(db, table: merge.table, scan: way.isScan)
        try scratch.begin(merge.table, isImage: isImage)
        keys.reserveCapacity(merge.expectedRows)
    }

    /// Compares the next row.
    /// - Parameter bytes: as `PackedRow` says.
    /// - Throws: `CatalogError` when they are no row.
    mutating func add(_ bytes: UnsafeRawBufferPointer, source: Int) throws {
        let key = try row.read(bytes, source: source)
        keys.append(key.keyHash)
        let rows = rows
        if try rows.find(key, passing: { try passRow() }) {
            if missing?.mean(rows.statement) == true { delta.inScope += 1 }
            try compare(key)
        } else {
            try insert(key)
        }
    }

    /// Ends the comparison.
    mutating func finish() throws -> PreparedTable {
        let rows = rows
        try rows.passRest { try passRow() }
        try scratch.finish()
        return PreparedTable(isImage: isImage, keys: keys + keysOfMissing)
    }

    /// Adds a row of the catalog as it is.
    private func copy(_ statement: RowStatement) throws {
        try scratch.add(.row) { bytes in
            for column in 0..<storedCount { PackedRow.append(statement.packed(column), to: &bytes) }
        }
    }

    /// The merge has none with this row's key.
    private mutating func passRow() throws {
        guard missing?.mean(rows.statement) == true else { return try keepRow() }
        delta.inScope += 1
        let key = rows.statement.text(0)
        if missing?.keep(key) == true { return try keepRow() }
        try add(.deletion, key, before: rows.statement.json(of: table))
        delta.deleted += 1
        keysOfMissing.append(key.keyHash)
        markKey(key)
        markTerritory(rows.statement.packed(Int32(territoryColumn)))
    }

    /// Keeps the catalog's row as it is; nothing need be done for that unless the scratch holds the whole table.
    private func keepRow() throws {
        if isImage { try copy(rows.statement) }
    }

    private func add(_ kind: ScratchSteps.Kind, _ key: UnsafeRawBufferPointer, before: [UInt8]?) throws {
        try scratch.add(kind) { bytes in
            PackedRow.append(.text(key), to: &bytes)
            guard let before else { return PackedRow.append(PackedRow.Cell.null, to: &bytes) }
            before.withUnsafeBytes { PackedRow.append(.text($0), to: &bytes) }
        }
    }

    private mutating func insert(_ key: UnsafeRawBufferPointer) throws {
        try scratch.add(.row) { bytes in
            row.append(to: &bytes)
            bytes += date
            bytes += date
        }
        try add(.note, key, before: nil)
        delta.outcomes[row.source].inserted += 1
        markKey(key)
        markTerritory(row.cell(territoryColumn))
    }

    private mutating func compare(_ key: UnsafeRawBufferPointer) throws {
        if merge.strategy == .append {
            if delta.takenKey == nil { delta.takenKey = String(decoding: key, as: UTF8.self) }
            return
        }
        row.compare(rows.statement)
        guard !row.changed.isEmpty else {
            delta.outcomes[row.source].unchanged += 1
            return try keepRow()
        }
        rows.statement.read(into: &found)
        let before = formerCells()
        let territory = found[territoryColumn]
        for column in row.changed { found[column] = row.cell(column) }
        // Up to the date of its creation.
        try scratch.add(.row) { bytes in
            for column in 0...table.columns.count { PackedRow.append(found[column], to: &bytes) }
            bytes += date
        }
        try add(.note, key, before: before)
        delta.outcomes[row.source].updated += 1
        markKey(key)
        markTerritory(territory)
        if row.changed.contains(territoryColumn) { markTerritory(found[territoryColumn]) }
    }

    /// The cells that change as JSON, as the history keeps them.
    private func formerCells() -> [UInt8] {
        var json = JSONText()
        json.open("{")
        for column in row.changed {
            json.key(made: nameOfColumn[column])
            json.value(stored: found[column])
        }
        json.close("}")
        return json.bytes
    }

    private mutating func markKey(_ key: UnsafeRawBufferPointer) {
        if table != .outlets { delta.changedKeys.insert(String(decoding: key, as: UTF8.self)) }
    }

    private mutating func markTerritory(_ cell: PackedRow.Cell) {
        guard case .text(let id) = cell else {
            delta.changedOutsideTerritories = true
            return
        }
        let hash = id.keyHash
        if let known = territoryByHash[hash], known.elementsEqual(id) { return }
        territoryByHash[hash] = Array(id)
        delta.changedTerritories.insert(String(decoding: id, as: UTF8.self))
    }
}
