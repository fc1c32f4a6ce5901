import Catalog
import Domain
import Foundation
import GRDB

/// Merges rows of one table: reads the row that is there, compares, and writes only what differs. Where the last row was a
/// new one it first tries to insert, which saves a search in a table of millions.
final class SQLiteRowMerger: RowMerger {
    private let table: EntityTable
    private let columns: [Int]
    private let strategy: DeltaStrategy
    private let change: MasterDataChange
    private let select: RowStatement
    private let insert: RowStatement
    private let update: RowStatement
    private let history: RowStatement
    private let territoryColumn: Int?
    private let geocoded: GeocodedCells?
    private let base: BaseRows?
    private let db: Database
    private var lastWasNew = false

    private(set) var changedTerritories: Set<String> = []
    private(set) var changedKeys: Set<String> = []

    /// - Parameter base: the table's.
    init(
        _ db: Database, table: EntityTable, base: TableBase?, columns: [Int], strategy: DeltaStrategy,
        change: MasterDataChange
    ) throws {
        self.db = db
        self.table = table
        self.columns = columns.filter { $0 != 0 }
        self.strategy = strategy
        self.base = try base.map { try BaseRows(db, $0) }
        self.change = change
        geocoded = GeocodedCells(table)
        territoryColumn = table.territoryColumn.flatMap(table.index(of:))
        let names = table.columns.map(\.name)
        let all = table.storedColumns
        let key = table.primaryKey
        let assignments = names.dropFirst().map { "\($0) = ?" } + ["modified_date = ?"]
        select = try RowStatement(
            db, sql: "SELECT \(names.joined(separator: ", ")) FROM \(table.rawValue) WHERE \(key) = ?")
        insert = try RowStatement(
            db,
            sql: "INSERT INTO main.\(table.rawValue) (\(all.joined(separator: ", "))) "
                + "VALUES (\(all.map { _ in "?" }.joined(separator: ", "))) ON CONFLICT (\(key)) DO NOTHING")
        update = try RowStatement(
            db,
            sql: "UPDATE main.\(table.rawValue) SET \(assignments.joined(separator: ", ")) WHERE \(key) = ?")
        history = try RowStatement(
            db,
            sql: "INSERT INTO row_history (version, table_name, row_key, before) VALUES (?, ?, ?, ?)")
        try change.begin(db)
    }

    func merge(_ values: [FieldValue]) throws -> MergeOutcome {
        // What the base has is no conflict to the catalog's own table.
        if lastWasNew, base == nil, try insertRow(values) { return .inserted }
        try select.bind(CollectionOfOne(values[0]))
        guard try select.step() else {
            lastWasNew = try insertRow(values)
            return .inserted
        }
        lastWasNew = false
        if strategy == .append { return .keyExists }
        var differing = columns.filter { column in
            !(strategy == .merge && values[column].isNull)
                && !select.cell(Int32(column), equals: values[column])
        }
        if let geocoded, !select.isNull(Int32(geocoded.source)) {
            geocoded.correct(
                &differing, bringsCoordinates: geocoded.coordinates.contains { !values[$0].isNull })
        }
        if differing.isEmpty { return .unchanged }
        try updateRow(values, differing: differing)
        return .updated
    }

    /// False when the key is there already.
    private func insertRow(_ values: [FieldValue]) throws -> Bool {
        let date = FieldValue.text(change.date)
        try insert.bind(values + [date, date])
        try insert.execute()
        guard db.changesCount == 1 else { return false }
        try note(values[0], before: .null)
        mark(key: values[0], territories: [values])
        return true
    }

    private func updateRow(_ values: [FieldValue], differing: [Int]) throws {
        let before = select.row()
        let json = String(decoding: select.json(of: table, columns: differing), as: UTF8.self)
        var after = before
        for column in differing { after[column] = values[column] }
        try base?.bring(values[0])
        try update.bind(after.dropFirst() + [.text(change.date), after[0]])
        try update.execute()
        try note(values[0], before: .text(json))
        mark(key: values[0], territories: [before, after])
    }

    private func note(_ key: FieldValue, before: FieldValue) throws {
        try history.bind([
            .integer(change.version), .text(table.rawValue), key, before,
        ])
        try history.execute()
    }

    private func mark(key: FieldValue, territories rows: [[FieldValue]]) {
        if table != .outlets, let key = key.text { changedKeys.insert(key) }
        for row in rows {
            if let id = row[territoryColumn ?? 0].text, !changedTerritories.contains(id) {
                changedTerritories.insert(id)
            }
        }
    }
}

extension MasterDataChange {
    /// Notes where the change's rows of the history begin; once is enough.
    func begin(_ db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO catalog_changes (version, session_id, origin, first_history)
                VALUES (?, ?, ?, (SELECT ifnull(max(rowid), 0) + 1 FROM row_history)) ON CONFLICT (version) DO NOTHING
                """, arguments: [version, sessionID, origin.rawValue])
    }
}
