import Domain
import GRDB

/// What others wrote of a table since the image that replaces it was made: whole rows that the merge does not have, and of those that
/// it has the columns by which nothing is decided.
struct RivalRows {
    private let db: Database
    private let table: EntityTable
    /// By key the row as it shall be; nil where it went.
    private var rows: [(key: FieldValue, cells: [FieldValue]?)] = []

    /// - Parameters:
    ///   - db: with the scratch attached, before the table is replaced.
    ///   - columns: positions of those by which it was decided what becomes of a row.
    init(_ db: Database, _ table: EntityTable, _ rivals: RivalChanges, besides columns: [Int]) throws {
        self.db = db
        self.table = table
        guard !rivals.isEmpty else { return }
        let names = table.storedColumns
        let theirs = try RowStatement(
            db, sql: "SELECT \(names.joined(separator: ", ")) FROM \(table.rawValue) WHERE \(table.primaryKey) = ?1")
        for key in rivals.elsewhere { try add(key, theirs) }
        let mixed = names.enumerated().map { position, name in
            if name == "modified_date" { return "max(i.\(name), t.\(name))" }
            return columns.contains(position) || position == 0 ? "i.\(name)" : "t.\(name)"
        }
        let both = try RowStatement(
            db,
            sql: """
                SELECT \(mixed.joined(separator: ", ")) FROM \(MergeScratch.name).\(ScratchTable.image(table)) i, \(table.rawValue) t
                WHERE i.\(table.primaryKey) = ?1 AND t.\(table.primaryKey) = ?1
                """)
        for key in rivals.beside { try add(key, both) }
    }

    private mutating func add(_ key: [UInt8], _ statement: RowStatement) throws {
        let key = FieldValue.text(String(decoding: key, as: UTF8.self))
        try statement.bind([key])
        rows.append((key, try statement.step() ? statement.row() : nil))
    }

    /// Writes them into the table that was replaced.
    /// - Parameter base: that it has now.
    func write(over base: TableBase?) throws {
        guard !rows.isEmpty else { return }
        let remove = try RowStatement(db, sql: "DELETE FROM main.\(table.rawValue) WHERE \(table.primaryKey) = ?")
        let places = table.storedColumns.map { _ in "?" }.joined(separator: ", ")
        let insert = try RowStatement(db, sql: "INSERT OR ROLLBACK INTO main.\(table.rawValue) VALUES (\(places))")
        let base = try base.map { try BaseRows(db, $0) }
        for row in rows {
            try base?.supersede(row.key)
            try remove.bind([row.key])
            try remove.execute()
            guard let cells = row.cells else { continue }
            try insert.bind(cells)
            try insert.execute()
        }
    }
}
