import Catalog
import Domain
import GRDB

/// Compares the rows of a merge with one table of the catalog, both in the order of their keys, and writes what differs
/// into the scratch.
///
/// A value: an object's variables would be guarded at each of the many looks at them.
struct TableComparison {
    /// Rows after which it is decided whether the scratch holds what differs or the whole table.
    private static let sample = 4096

    private(set) var delta: TableDelta
    private let merge: TableMerge
    private let table: EntityTable
    private let rows: CatalogRows
    private let scratch: ScratchFeed
    private let db: Database
    /// Rows of the catalog, as far as they were counted.
    private let catalogCount: Int
    /// By source, which cell of a row a column of the table is; nil for one that is not mapped.
    private let cellOfColumn: [[Int?]]
    private let territoryColumn: Int
    private let storedCount: Int32
    /// As JSON has them before a member's value.
    private let nameOfColumn: [[UInt8]]
    private let geocoded: GeocodedCells?
    private var cells: [PackedRow.Cell] = []
    /// The catalog's row with the same key: the table's columns, then created and modified date.
    private var found: [PackedRow.Cell] = []
    /// The columns in which the row under comparison differs from the catalog's.
    private var changed: [Int] = []
    private var keys: [Int] = []
    private var differing = 0
    private var missing: MissingRows?
    private var keysOfMissing: [Int] = []
    /// The changed territories by the hashes of their bytes, so that few of many rows make a text of one.
    private var territoryByHash: [Int: [UInt8]] = [:]
    /// The merge's date as a packed cell.
    private let date: [UInt8]

    init(_ db: Database, _ merge: TableMerge, into scratch: ScratchFeed) throws {
        self.db = db
        self.merge = merge
        self.scratch = scratch
        var date: [UInt8] = []
        var text = merge.date
        text.withUTF8 { PackedRow.append(.text(UnsafeRawBufferPointer($0)), to: &date) }
        self.date = date
        table = merge.table
        delta = TableDelta(sources: merge.columns.count)
        let width = merge.table.columns.count
        cellOfColumn = merge.columns.map { columns in (0..<width).map { columns.firstIndex(of: $0) } }
        nameOfColumn = merge.table.columns.map { JSONText.made(key: $0.name) }
        territoryColumn = merge.table.territoryColumn.flatMap(merge.table.index(of:)) ?? 0
        storedCount = Int32(merge.table.storedColumns.count)
        geocoded = GeocodedCells(merge.table)
        // No further than it decides: a small merge must not count a table of millions.
        let enough = merge.expectedRows * 8
        let count = "SELECT count(*) FROM (SELECT 1 FROM catalog.\(merge.table.rawValue) LIMIT ?)"
        catalogCount = try Int.fetchOne(db, sql: count, arguments: [enough + 1]) ?? 0
        missing = MissingRows(merge.replacement, table: merge.table)
        // Rows that are missing show only to who goes through all.
        rows = try CatalogRows(db, table: merge.table, scan: catalogCount <= enough || missing != nil)
        try scratch.begin(merge.table, isImage: catalogCount == 0)
        keys.reserveCapacity(merge.expectedRows)
    }

    /// Compares the next row.
    /// - Parameter bytes: as `PackedRow` says.
    /// - Throws: `CatalogError` when they are no row.
    mutating func add(_ bytes: UnsafeRawBufferPointer, source: Int) throws {
        let key = try read(bytes, source)
        keys.append(key.keyHash)
        let rows = rows
        if try rows.find(key, passing: { try passRow() }) {
            if missing?.mean(rows.statement) == true { delta.inScope += 1 }
            try compare(key, source)
        } else {
            try insert(key, source)
        }
        if keys.count == Self.sample, mostDiffers { try becomeImage(upTo: key) }
    }

    /// Ends the comparison.
    mutating func finish() throws -> PreparedTable {
        let rows = rows
        try rows.passRest { try passRow() }
        try scratch.finish()
        return PreparedTable(isImage: scratch.isImage, keys: keys + keysOfMissing)
    }

    private var mostDiffers: Bool {
        rows.isScan && !scratch.isImage && differing * merge.expectedRows / keys.count * 3 > catalogCount
    }

    /// Has the scratch hold the whole table: first all rows of the catalog up to a key.
    private func becomeImage(upTo key: UnsafeRawBufferPointer) throws {
        let columns = table.storedColumns.joined(separator: ", ")
        let statement = try RowStatement(
            db,
            sql:
                "SELECT \(columns) FROM catalog.\(table.rawValue) WHERE \(table.primaryKey) <= ? ORDER BY \(table.primaryKey)"
        )
        try statement.bind(.text(key), at: 1)
        try scratch.becomeImage {
            while try statement.step() { try copy(statement) }
        }
    }

    /// Adds a row of the catalog as it is.
    private func copy(_ statement: RowStatement) throws {
        try scratch.add(.row) { bytes in
            for column in 0..<storedCount { PackedRow.append(statement.packed(column), to: &bytes) }
        }
    }

    /// Reads a row's cells and returns its key.
    private mutating func read(_ bytes: UnsafeRawBufferPointer, _ source: Int) throws -> UnsafeRawBufferPointer {
        cells.removeAll(keepingCapacity: true)
        var reader = PackedRow.Reader(bytes)
        do throws(PackedRow.Damaged) {
            for _ in merge.columns[source] { cells.append(try reader.next()) }
        } catch {
            throw CatalogError(.failed, "a row to be merged into \(table.rawValue) is damaged")
        }
        guard reader.isAtEnd, case .text(let key)? = cells.first else {
            throw CatalogError(.failed, "a row to be merged into \(table.rawValue) is damaged")
        }
        return key
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
        if scratch.isImage { try copy(rows.statement) }
    }

    private func add(_ kind: ScratchSteps.Kind, _ key: UnsafeRawBufferPointer, before: [UInt8]?) throws {
        try scratch.add(kind) { bytes in
            PackedRow.append(.text(key), to: &bytes)
            guard let before else { return PackedRow.append(.null, to: &bytes) }
            before.withUnsafeBytes { PackedRow.append(.text($0), to: &bytes) }
        }
    }

    private mutating func insert(_ key: UnsafeRawBufferPointer, _ source: Int) throws {
        let cellOfColumn = cellOfColumn[source]
        try scratch.add(.row) { bytes in
            for cell in cellOfColumn { PackedRow.append(cell.map { cells[$0] } ?? .null, to: &bytes) }
            bytes += date
            bytes += date
        }
        try add(.note, key, before: nil)
        delta.outcomes[source].inserted += 1
        differing += 1
        markKey(key)
        markTerritory(newCell(territoryColumn, source))
    }

    private mutating func compare(_ key: UnsafeRawBufferPointer, _ source: Int) throws {
        if merge.strategy == .append {
            if delta.takenKey == nil { delta.takenKey = String(decoding: key, as: UTF8.self) }
            return
        }
        changed.removeAll(keepingCapacity: true)
        let columns = merge.columns[source]
        for position in cells.indices {
            let column = columns[position]
            if cells[position].equals(rows.statement.packed(Int32(column))) { continue }
            if merge.strategy == .merge, cells[position].isNull { continue }
            changed.append(column)
        }
        if let geocoded, !rows.statement.isNull(Int32(geocoded.source)) {
            geocoded.correct(
                &changed, bringsCoordinates: geocoded.coordinates.contains { !newCell($0, source).isNull })
        }
        guard !changed.isEmpty else {
            delta.outcomes[source].unchanged += 1
            return try keepRow()
        }
        rows.statement.read(into: &found)
        let before = formerCells()
        let territory = found[territoryColumn]
        for column in changed { found[column] = newCell(column, source) }
        // Up to the date of its creation.
        try scratch.add(.row) { bytes in
            for column in 0...table.columns.count { PackedRow.append(found[column], to: &bytes) }
            bytes += date
        }
        try add(.note, key, before: before)
        delta.outcomes[source].updated += 1
        differing += 1
        markKey(key)
        markTerritory(territory)
        if changed.contains(territoryColumn) { markTerritory(found[territoryColumn]) }
    }

    /// What the row under comparison has for a column; null for one that is not mapped.
    private func newCell(_ column: Int, _ source: Int) -> PackedRow.Cell {
        cellOfColumn[source][column].map { cells[$0] } ?? .null
    }

    /// The cells that change as JSON, as the history keeps them.
    private func formerCells() -> [UInt8] {
        var json = JSONText()
        json.open("{")
        for column in changed {
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
