import Domain
import GRDB

extension Schema {
    /// Which tables have a base (ADR 19), and which of its rows no longer count.
    static func createBases(_ db: Database) throws {
        try db.execute(
            sql: "CREATE TABLE table_bases (table_name TEXT PRIMARY KEY NOT NULL, file TEXT NOT NULL) WITHOUT ROWID")
        for table in EntityTable.allCases {
            try db.execute(
                sql: "CREATE TABLE \(TableBase.superseded(table)) (row_key TEXT PRIMARY KEY NOT NULL) WITHOUT ROWID")
        }
    }
}
