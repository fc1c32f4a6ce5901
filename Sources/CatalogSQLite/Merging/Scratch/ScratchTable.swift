import Domain
import GRDB

/// The rows of one table in the scratch, as they shall be in the catalog, in the order of their keys: at first those that
/// differ; once it shows that most do, the whole table, which the catalog then takes over page by page.
final class ScratchTable {
    private(set) var isImage: Bool
    private let db: Database
    private let table: EntityTable
    private var insert: RowStatement
    private let history: RowStatement
    private let deletion: RowStatement

    init(_ db: Database, _ table: EntityTable, isImage: Bool) throws {
        self.db = db
        self.table = table
        self.isImage = isImage
        try db.execute(sql: "CREATE TABLE \(Self.history(table)) (row_key TEXT NOT NULL, before TEXT)")
        history = try RowStatement(db, sql: "INSERT INTO \(Self.history(table)) VALUES (?, ?)")
        try db.execute(sql: "CREATE TABLE \(Self.deletions(table)) (row_key TEXT PRIMARY KEY) WITHOUT ROWID")
        deletion = try RowStatement(db, sql: "INSERT INTO \(Self.deletions(table)) VALUES (?)")
        if isImage {
            try db.execute(sql: Schema.createTable(table, named: Self.image(table)))
        } else {
            let columns = table.storedColumns.joined(separator: ", ")
            try db.execute(sql: "CREATE TABLE \(Self.delta(table)) (\(columns))")
        }
        insert = try Self.insertion(db, table, into: isImage ? Self.image(table) : Self.delta(table))
    }

    static func image(_ table: EntityTable) -> String { "image_\(table.rawValue)" }
    static func delta(_ table: EntityTable) -> String { "delta_\(table.rawValue)" }
    static func history(_ table: EntityTable) -> String { "history_\(table.rawValue)" }
    static func deletions(_ table: EntityTable) -> String { "deletions_\(table.rawValue)" }

    private static func insertion(_ db: Database, _ table: EntityTable, into name: String) throws -> RowStatement {
        let places = table.storedColumns.map { _ in "?" }
        return try RowStatement(db, sql: "INSERT INTO \(name) VALUES (\(places.joined(separator: ", ")))")
    }

    /// Writes a row; `bind` binds every column.
    func write(_ bind: (RowStatement) throws -> Void) throws {
        try insert.reset()
        try bind(insert)
        try insert.execute()
    }

    /// Has a row of the catalog go. An image leaves it out besides.
    /// - Parameter before: the whole row as JSON.
    func delete(_ key: PackedRow.Cell, before: PackedRow.Cell) throws {
        try deletion.reset()
        try deletion.bind(key, at: 1)
        try deletion.execute()
        try note(key, before: before)
    }

    /// Notes what a row was before.
    /// - Parameter before: as JSON; null for a new row.
    func note(_ key: PackedRow.Cell, before: PackedRow.Cell) throws {
        try history.reset()
        try history.bind(key, at: 1)
        try history.bind(before, at: 2)
        try history.execute()
    }

    /// Has the rows that follow become the beginning of the whole table.
    func beginImage() throws {
        try db.execute(sql: Schema.createTable(table, named: Self.image(table)))
        insert = try Self.insertion(db, table, into: Self.image(table))
        isImage = true
    }

    /// Brings the image, which is all rows of the catalog so far, to what was written before it was begun.
    func overlayImage() throws {
        try db.execute(sql: "REPLACE INTO \(Self.image(table)) SELECT * FROM \(Self.delta(table))")
        try db.execute(
            sql: """
                DELETE FROM \(Self.image(table)) WHERE \(table.primaryKey) IN
                    (SELECT row_key FROM \(Self.deletions(table)))
                """)
    }

    /// Makes ready for the catalog.
    func finish() throws {
        // The catalog takes over an image only with the same indexes.
        if isImage { try Schema.indexes(of: table, named: Self.image(table)).forEach { try db.execute(sql: $0) } }
    }
}
