import Catalog
import Domain
import Foundation
import GRDB
import TestSupport

@testable import CatalogSQLite

/// A catalog file of a test's own.
struct CatalogHouse: Sendable {
    let path: String
    let catalog: SQLiteCatalog

    /// - Parameter baseRows: rows from which a table that a merge replaces gets a base.
    static func with(baseRows: Int = 100_000, _ body: (CatalogHouse) async throws -> Void) async throws {
        try await TestFolder.with { folder in
            let path = folder.appending(path: "catalog.sqlite").path
            try await body(CatalogHouse(path: path, catalog: try SQLiteCatalog(path: path, baseRows: baseRows)))
        }
    }

    /// What a merge did.
    struct Merged: Sendable {
        var version: Int64 = 0
        var outcomes: [MergeOutcome] = []
        var territories: Set<String> = []
        var keys: Set<String> = []
    }

    /// Merges rows in one transaction. Every column that a row names is mapped, for all rows.
    @discardableResult
    func merge(
        _ table: EntityTable, _ rows: [[String: FieldValue]], strategy: DeltaStrategy = .upsert,
        date: String = "2026-11-24", session: String = "s1"
    ) async throws -> Merged {
        try await catalog.write { writer in
            var merged = Merged()
            merged.version = try writer.beginChange()
            let named = Set(rows.flatMap(\.keys))
            let merger = try writer.merger(
                into: table, columns: table.columns.indices.filter { named.contains(table.columns[$0].name) },
                strategy: strategy, change: MasterDataChange(version: merged.version, date: date, sessionID: session))
            for row in rows {
                merged.outcomes.append(try merger.merge(table.columns.map { row[$0.name] ?? .null }))
            }
            merged.territories = merger.changedTerritories
            merged.keys = merger.changedKeys
            return merged
        }
    }

    /// The rows of a selection, by column name.
    func rows(_ selection: RowSelection) async throws -> [[String: FieldValue]] {
        try await catalog.read { reader in
            let names = selection.table.columns.map(\.name) + EntityTable.clockColumns
            var rows: [[String: FieldValue]] = []
            try reader.forEachRow(selection) { rows.append(Dictionary(uniqueKeysWithValues: zip(names, $0))) }
            return rows
        }
    }

    /// The row of this key.
    func row(_ key: String, of table: EntityTable) async throws -> [String: FieldValue]? {
        try await rows(.all(table)).first { $0[table.primaryKey] == .text(key) }
    }

    /// Looks into the file past the port; a table with a base is whole.
    func query<Value: DatabaseValueConvertible & Sendable>(_ type: Value.Type, _ sql: String) async throws -> [Value] {
        let folder = catalog.bases
        return try await DatabaseQueue(path: path).writeWithoutTransaction { db in
            try BaseAttachment(db: db, folder: folder).refresh()
            Schema.addHistoryFunction(db)
            return try Value.fetchAll(db, sql: sql)
        }
    }

    /// The files of bases beside the catalog.
    func baseFiles() throws -> Set<String> {
        let folder = URL(filePath: path).deletingLastPathComponent()
        return Set(try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.contains("-base_") })
    }
}

/// An outlet's cells, all that are required among them.
func outlet(_ id: String, territory: String? = "T1", channel: String = "GT", _ more: [String: FieldValue] = [:])
    -> [String: FieldValue]
{
    let base: [String: FieldValue] = [
        "outlet_id": .text(id), "outlet_name": .text("Outlet \(id)"), "channel": .text(channel),
        "territory_id": territory.map { .text($0) } ?? .null,
    ]
    return base.merging(more) { $1 }
}

/// A territory's cells.
func territory(_ id: String, parent: String? = nil) -> [String: FieldValue] {
    [
        "territory_id": .text(id), "territory_name": .text("Territory \(id)"), "level": .text("AREA"),
        "parent_id": parent.map { .text($0) } ?? .null,
    ]
}
