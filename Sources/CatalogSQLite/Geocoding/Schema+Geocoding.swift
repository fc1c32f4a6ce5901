import Domain
import GRDB

extension Schema {
    /// A merge takes whole tables over page by page, for which the columns must stand in one order everywhere: a table without
    /// the column is made anew.
    static func addCoordinateSource(_ db: Database) throws {
        let table = EntityTable.outlets
        let present = try db.columns(in: table.rawValue).map(\.name)
        guard !present.contains(EntityTable.coordinateSource) else { return }
        let columns = present.joined(separator: ", ")
        try db.execute(sql: createTable(table, named: "rebuilt"))
        try db.execute(
            sql:
                "INSERT INTO rebuilt (\(columns)) SELECT \(columns) FROM \(table.rawValue) ORDER BY \(table.primaryKey)"
        )
        try db.execute(sql: "DROP TABLE \(table.rawValue)")
        try db.execute(sql: "ALTER TABLE rebuilt RENAME TO \(table.rawValue)")
        if let index = createIndex(of: table) { try db.execute(sql: index) }
    }

    /// What providers said of addresses; without coordinates: that they found nothing.
    static let geocodes = """
        CREATE TABLE geocodes (
            provider TEXT NOT NULL,
            address_hash TEXT NOT NULL,
            latitude REAL,
            longitude REAL,
            asked_at REAL NOT NULL,
            PRIMARY KEY (provider, address_hash)
        ) WITHOUT ROWID;
        CREATE INDEX geocodes_by_age ON geocodes(asked_at);
        """
}
