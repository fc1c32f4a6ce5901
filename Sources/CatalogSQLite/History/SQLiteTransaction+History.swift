import Catalog
import Domain
import Foundation
import GRDB

/// What the history tells of changes that were made.
extension SQLiteTransaction {
    func remembers(_ version: Int64, madeBy session: String) throws -> Bool {
        let sql = "SELECT 1 FROM catalog_changes WHERE version = ? AND session_id = ?"
        return try Int.fetchOne(db, sql: sql, arguments: [version, session]) != nil
    }

    func keysChanged(
        by versions: ClosedRange<Int64>, in table: EntityTable, columns: [Int], limit: Int
    ) throws -> [String]? {
        let last = min(versions.upperBound, try version())
        guard versions.lowerBound <= last else { return [] }
        // Where a version has no entry its history was forgotten, or never kept.
        let kept = "SELECT count(*) FROM catalog_changes WHERE version BETWEEN ? AND ?"
        let entries = try Int64.fetchOne(db, sql: kept, arguments: [versions.lowerBound, last])
        guard entries == last - versions.lowerBound + 1 else { return nil }
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT table_name = :table, CAST(row_key AS BLOB) FROM history_rows WHERE \(Self.isOfVersions)
                  AND (table_name <> :table OR \(Self.changes(columns, of: table))) LIMIT :limit
                """,
            arguments: [
                "table": table.rawValue, "first": versions.lowerBound, "last": last, "limit": limit + 1,
            ])
        return rows.count <= limit ? rows.filter { $0[0] }.map { $0.key(1) } : nil
    }

    /// The rows of a table that changed after a version, some of them more than once: the key, and whether the row came, went or
    /// changed in one of `columns`.
    /// - Returns: nil when they are more than `limit`.
    func changes(
        after version: Int64, in table: EntityTable, columns: [Int], limit: Int
    ) throws -> [(key: String, isMeant: Bool)]? {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT CAST(row_key AS BLOB), \(Self.changes(columns, of: table)) FROM history_rows WHERE \(Self.isOfVersions)
                  AND table_name = :table LIMIT :limit
                """,
            arguments: ["table": table.rawValue, "first": version + 1, "last": Int64.max, "limit": limit + 1])
        return rows.count <= limit ? rows.map { ($0.key(0), $0[1]) } : nil
    }

    /// The changes from version `:first` to `:last`, as far as their history is kept.
    private static let isOfVersions = """
        place >= (SELECT min(first_history) FROM catalog_changes WHERE version >= :first)
        AND place < ifnull((SELECT min(first_history) FROM catalog_changes WHERE version > :last), 1 << 62)
        """

    /// Whether a row of the history came, or has one of the columns among those that changed; what goes has them all.
    private static func changes(_ columns: [Int], of table: EntityTable) -> String {
        let names = columns.map { "'\(table.columns[$0].name)'" }.joined(separator: ", ")
        return "(before IS NULL OR EXISTS (SELECT 1 FROM json_each(before) WHERE key IN (\(names))))"
    }
}

extension Row {
    /// A key that was asked for as bytes: of a text with a NUL, GRDB reads what stands before it.
    func key(_ column: Int) -> String { String(decoding: (self[column] as Data?) ?? Data(), as: UTF8.self) }
}
