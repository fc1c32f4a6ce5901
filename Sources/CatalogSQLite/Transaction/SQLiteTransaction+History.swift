import Catalog
import Domain
import GRDB

/// What the history tells of changes that were made.
extension SQLiteTransaction {
    func remembers(_ version: Int64, madeBy session: String) throws -> Bool {
        let sql = "SELECT 1 FROM catalog_changes WHERE version = ? AND session_id = ?"
        return try Int.fetchOne(db, sql: sql, arguments: [version, session]) != nil
    }

    func keysChanged(by versions: ClosedRange<Int64>, in table: EntityTable, limit: Int) throws -> [String]? {
        let last = min(versions.upperBound, try version())
        guard versions.lowerBound <= last else { return [] }
        // Where a version has no entry its history was forgotten, or never kept.
        let kept = "SELECT count(*) FROM catalog_changes WHERE version BETWEEN ? AND ?"
        let entries = try Int64.fetchOne(db, sql: kept, arguments: [versions.lowerBound, last])
        guard entries == last - versions.lowerBound + 1 else { return nil }
        return try rowsChanged(by: versions.lowerBound...last, limit: limit)?
            .filter { $0[0] == table.rawValue }.map { $0[1] }
    }

    /// Table and key of the rows that the changes of some versions changed, as far as their history is kept; nil when they are
    /// more than `limit`.
    func rowsChanged(by versions: ClosedRange<Int64>, limit: Int) throws -> [Row]? {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT table_name, row_key FROM row_history
                WHERE rowid >= (SELECT min(first_history) FROM catalog_changes WHERE version >= :first)
                  AND rowid < ifnull((SELECT min(first_history) FROM catalog_changes WHERE version > :last), 1 << 62)
                LIMIT :limit
                """, arguments: ["first": versions.lowerBound, "last": versions.upperBound, "limit": limit + 1])
        return rows.count <= limit ? rows : nil
    }
}
