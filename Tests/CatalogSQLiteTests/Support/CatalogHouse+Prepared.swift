import Catalog
import Domain
import GRDB
import Testing

@testable import CatalogSQLite

extension CatalogHouse {
    /// A merge that was prepared and not applied.
    struct Prepared: Sendable {
        let merge: any PreparedMerge
        let delta: TableDelta
    }

    /// Prepares a merge of rows, in the order of their keys. Every column that a row names is mapped, for all rows.
    /// - Parameters:
    ///   - kept: names of columns that only new rows take.
    ///   - expecting: how many rows the catalog is told of; their number when nil.
    func prepare(
        _ table: EntityTable, _ rows: [[String: FieldValue]], strategy: DeltaStrategy = .upsert,
        date: String = "2026-11-24", kept: [String] = [], expecting: Int? = nil,
        replacement: TableReplacement? = nil
    ) async throws -> Prepared {
        let named = Set(rows.flatMap(\.keys))
        let columns = table.columns.indices.filter { $0 == 0 || named.contains(table.columns[$0].name) }
        var packed = PackedRows()
        let cells = rows.map { row in columns.map { row[table.columns[$0].name] ?? .null } }
        for row in cells.sorted(by: {
            Array(($0[0].text ?? "").utf8).lexicographicallyPrecedes(Array(($1[0].text ?? "").utf8))
        }) {
            var bytes: [UInt8] = []
            for cell in row { PackedRow.append(cell, to: &bytes) }
            bytes.withUnsafeBytes { packed.append($0, source: 0) }
        }
        let merge = TableMerge(
            into: table, strategy: strategy, columns: [columns], keptColumns: [kept.compactMap(table.index(of:))],
            expectedRows: expecting ?? rows.count, date: date,
            replacement: replacement)
        let (prepared, delta) = try await catalog.prepareMerge { [packed] preparation in
            var left: [PackedRows?] = [packed, nil]
            return try preparation.compare(merge) { left.removeFirst() }
        }
        try await demandSound(prepared)
        return Prepared(merge: prepared, delta: delta)
    }

    /// What is written page by page must be what SQLite would have written.
    private func demandSound(_ prepared: any PreparedMerge) async throws {
        let scratch = try DatabaseQueue(path: SQLitePreparedMerge.own(prepared).scratch.path)
        let faults = try await scratch.read { try String.fetchAll($0, sql: "PRAGMA integrity_check") }
        #expect(faults == ["ok"])
    }

    /// Applies a prepared merge in a transaction of its own.
    @discardableResult
    func apply(_ prepared: Prepared, date: String = "2026-11-24", session: String = "s1") async throws -> Int64 {
        try await catalog.write(with: prepared.merge) { writer in
            let version = try writer.beginChange()
            try writer.apply(
                prepared.merge, change: MasterDataChange(version: version, date: date, sessionID: session))
            return version
        }
    }

    /// All of a table, and what the history says of it.
    func state(of table: EntityTable) async throws -> [String] {
        let rows = try await rows(.all(table)).map { row in
            row.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        }
        let history = try await query(
            String.self,
            "SELECT version || table_name || hex(row_key) || ifnull(before, 'new') FROM history_rows ORDER BY version, row_key"
        )
        return rows.map { $0.joined(separator: " ") } + history
    }
}
