import Domain
import GRDB

/// Single rows of a base that change or go. What is changed is brought into the catalog's table first; a row that comes anew needs none
/// of this.
struct BaseRows {
    private let bring: RowStatement
    private let supersede: RowStatement
    private let db: Database

    init(_ db: Database, _ base: TableBase) throws {
        self.db = db
        let columns = base.table.storedColumns.joined(separator: ", ")
        let key = base.table.primaryKey
        bring = try RowStatement(
            db,
            sql:
                "INSERT OR ROLLBACK INTO main.\(base.table.rawValue) (\(columns)) \(base.select(columns)) AND \(key) = ?1"
        )
        supersede = try RowStatement(
            db, sql: "INSERT OR IGNORE INTO main.\(TableBase.superseded(base.table)) (row_key) VALUES (?1)")
    }

    /// Brings a row into the catalog's table, if it is the base's.
    func bring(_ key: FieldValue) throws {
        try bring.bind([key])
        try bring.execute()
        if db.changesCount > 0 { try supersede(key) }
    }

    /// Has a row count no more that the base may have.
    func supersede(_ key: FieldValue) throws {
        try supersede.bind([key])
        try supersede.execute()
    }
}
