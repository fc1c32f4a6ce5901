import Catalog
import Domain
import Foundation
import GRDB

/// Compares what a change did, as the row history has it, with the catalog, and leaves in the scratch what takes it back.
final class ChangeReversal {
    private let db: Database
    private let bases: [OpenBase]
    private let file: ScratchFile
    private var history: HistoryLookup
    private let version: Int64
    private let date: String
    private var result = TakeBack()
    private var tables: [EntityTable: Table] = [:]

    /// What one table needs.
    private struct Table {
        var scratch: ScratchTable
        var row: ScratchRow
        var present: CatalogRows
        /// The cells of the row of `present` that was found last, until the next one.
        var found: [PackedRow.Cell] = []
        /// What happened to the change's rows after it.
        /// By the bytes of their keys: Swift takes some spellings for equal.
        let later: [[UInt8]: Later]
        let geocoded: GeocodedCells?
        var keys: [Int] = []
        var delta = TableDelta(sources: 1)
    }

    /// What happened to a row after the change.
    private struct Later {
        /// Who changed it last; nil when only a geocoder did, or imports that were taken back themselves: no reason to keep the
        /// row as it is.
        var change: TakeBack.LaterChange?
        /// Its rows of the history, oldest first.
        var entries: [Int64]
    }

    /// - Parameters:
    ///   - db: the scratch's connection, with the catalog attached.
    ///   - bases: of the catalog's tables, attached too.
    ///   - file: takes what is to be done.
    init(_ db: Database, _ bases: [OpenBase], _ file: ScratchFile, version: Int64, date: String) {
        self.db = db
        self.bases = bases
        self.file = file
        history = HistoryLookup(db, catalog: CatalogTable.catalog)
        self.version = version
        self.date = date
    }

    /// Goes through the change's rows.
    /// - Throws: `HistoryForgotten` when the catalog no longer keeps them.
    func run() throws -> (TakeBack, [EntityTable: PreparedTable]) {
        // Forgetting begins with this entry.
        let entry = "SELECT 1 FROM catalog.catalog_changes WHERE version = ?"
        guard try Int.fetchOne(db, sql: entry, arguments: [version]) != nil else { throw HistoryForgotten() }
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT table_name, CAST(row_key AS BLOB), before FROM catalog.history_rows
                WHERE version = ?1 AND place >= (SELECT first_history FROM catalog.catalog_changes WHERE version = ?1)
                    AND place < ifnull(
                        (SELECT min(first_history) FROM catalog.catalog_changes WHERE version > ?1), 9223372036854775807)
                ORDER BY place
                """, arguments: [version])
        while let row = try rows.next() {
            guard let table = EntityTable(rawValue: row[0]) else { continue }
            if tables[table] == nil { tables[table] = try open(table) }
            try takeBack(row.key(1), before: row[2], in: table)
        }
        for table in tables.keys.sorted() { try tables[table]?.scratch.finish() }
        result.deltas = tables.mapValues(\.delta)
        let prepared = tables.map { table, content in
            let columns = Array(table.columns.indices)
            return (table, PreparedTable(imageRows: nil, keys: content.keys, decisiveColumns: columns))
        }
        return (result, Dictionary(uniqueKeysWithValues: prepared))
    }

    private func open(_ table: EntityTable) throws -> Table {
        Table(
            scratch: ScratchTable(file, table, isImage: false), row: ScratchRow(of: table),
            present: try CatalogRows(CatalogTable(db, table, bases), scan: false), later: try later(in: table),
            geocoded: GeocodedCells(table))
    }

    private func later(in table: EntityTable) throws -> [[UInt8]: Later] {
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT CAST(h.row_key AS BLOB), c.session_id, c.origin, h.number, ifnull(s.status, '') = ?3 FROM catalog.history_rows h
                JOIN catalog.catalog_changes c ON c.version = h.version
                LEFT JOIN catalog.import_sessions s ON s.session_id = c.session_id
                WHERE h.table_name = ?1 AND h.place >=
                    (SELECT min(first_history) FROM catalog.catalog_changes WHERE version > ?2)
                    AND h.row_key IN (SELECT row_key FROM catalog.history_rows WHERE version = ?2 AND table_name = ?1
                        AND place >= (SELECT first_history FROM catalog.catalog_changes WHERE version = ?2)
                        AND place < (SELECT min(first_history) FROM catalog.catalog_changes WHERE version > ?2))
                ORDER BY h.place
                """, arguments: [table.rawValue, version, ImportStatus.rolledBack.rawValue])
        var later: [[UInt8]: Later] = [:]
        while let row = try rows.next() {
            let text = row.key(0)
            let key = Array(text.utf8)
            let origin = ChangeOrigin(rawValue: row[2]) ?? .imports
            let change = TakeBack.LaterChange(table: table, key: text, sessionID: row[1], origin: origin)
            later[key, default: Later(entries: [])].entries.append(row[3])
            // An import that was taken back, and the taking back, leave the row as it was before both.
            let isTakenBack: Bool = row[4]
            if origin == .geocoding || isTakenBack && origin != .planning { continue }
            // A planner's commit stays, whatever came after it.
            if origin == .planning || later[key]?.change?.origin != .planning { later[key]?.change = change }
        }
        return later
    }

    private func takeBack(_ key: String, before: String?, in table: EntityTable) throws {
        // Taken out, as what stays in the dictionary would be copied each time.
        guard var entry = tables.removeValue(forKey: table) else { return }
        defer { tables[table] = entry }
        let later = entry.later[Array(key.utf8)]
        if let change = later?.change {
            result.changedLater += 1
            result.firstChangedLater = result.firstChangedLater ?? change
            if change.origin == .planning {
                result.kept += 1
                return
            }
        }
        var text = key
        try text.withUTF8 { utf8 in
            let bytes = UnsafeRawBufferPointer(utf8)
            entry.keys.append(ByteHash.of(bytes))
            let isThere = try entry.present.find(bytes) == .found
            if isThere { try entry.present.row.read(into: &entry.found) }
            guard let before else {
                if isThere { try remove(bytes, &entry, table) }
                return
            }
            let present = isThere ? entry.found.prefix(table.columns.count).map(\.value) : nil
            var row = present
            for number in (later?.entries ?? []).reversed() {
                try FormerCells.undo(&row, history.before(number), of: table)
            }
            try FormerCells.undo(&row, before, of: table)
            guard var row else { return }
            if let present { entry.geocoded?.keep(of: present, in: &row) }
            try restore(bytes, row, isThere: isThere, &entry, table)
        }
    }

    private func remove(_ key: UnsafeRawBufferPointer, _ entry: inout Table, _ table: EntityTable) throws {
        try entry.found.json(of: table).withUnsafeBytes { try entry.scratch.delete(key, before: $0) }
        mark(key, [entry.found[Self.territoryColumn(table)].value], &entry, table)
        result.deleted += 1
    }

    private func restore(
        _ key: UnsafeRawBufferPointer, _ cells: [FieldValue], isThere: Bool, _ entry: inout Table, _ table: EntityTable
    ) throws {
        var row: [UInt8] = []
        for cell in cells { PackedRow.append(cell, to: &row) }
        if isThere {
            PackedRow.append(entry.found[cells.count], to: &row)
        } else {
            PackedRow.append(FieldValue.text(date), to: &row)
        }
        PackedRow.append(FieldValue.text(date), to: &row)
        try row.withUnsafeBytes { bytes in
            let cells = try PackedRow.Reader.cells(bytes)
            try entry.row.make(cells) { try entry.scratch.write($0) }
        }
        if isThere {
            try entry.found.json(of: table).withUnsafeBytes { try entry.scratch.note(key, before: $0) }
        } else {
            try entry.scratch.note(key, before: nil)
        }
        let column = Self.territoryColumn(table)
        mark(key, [cells[column]] + (isThere ? [entry.found[column].value] : []), &entry, table)
        result.restored += 1
    }

    private func mark(
        _ key: UnsafeRawBufferPointer, _ territories: [FieldValue], _ entry: inout Table, _ table: EntityTable
    ) {
        if table != .outlets { entry.delta.changedKeys.insert(String(decoding: key, as: UTF8.self)) }
        entry.delta.changedTerritories.formUnion(territories.compactMap(\.text))
        if territories.contains(where: { $0.text == nil }) { entry.delta.changedOutsideTerritories = true }
    }

    private static func territoryColumn(_ table: EntityTable) -> Int {
        table.territoryColumn.flatMap(table.index(of:)) ?? 0
    }
}
