import Domain
import GRDB

/// Writes the rows of a scratch that differ into a table of the catalog, row by row.
///
/// Not by one upsert: for that SQLite keeps each page as it was before the statement, in memory beside all others, and it writes
/// the index anew for rows that stay where they were.
struct DeltaApplication {
    private let rows: RowStatement
    /// Each takes a row's cells as its parameters; the first that finds the row ends the row.
    private let attempts: [RowStatement]
    /// For a row of which others wrote the other columns meanwhile.
    private let decisiveOnly: RowStatement
    private let db: Database

    /// - Parameters:
    ///   - db: the catalog's, with the scratch attached.
    ///   - decisiveColumns: positions of the columns by which it was decided what differs.
    init(_ db: Database, _ table: EntityTable, _ decisiveColumns: [Int]) throws {
        self.db = db
        let columns = table.storedColumns
        let delta = "\(MergeScratch.name).\(ScratchTable.delta(table))"
        rows = try RowStatement(db, sql: "SELECT \(columns.joined(separator: ", ")) FROM \(delta) ORDER BY rowid")

        let cells = columns.enumerated().map { position, name in (name: name, parameter: "?\(position + 1)") }
        let isRow = "WHERE \(table.primaryKey) = ?1"
        func update(_ kept: String?) -> String {
            let others = cells.dropFirst().filter { $0.name != kept }
            return "UPDATE OR ROLLBACK main.\(table.rawValue) SET "
                + others.map { "\($0.name) = \($0.parameter)" }.joined(separator: ", ") + " \(isRow)"
        }
        var attempts = [update(nil)]
        if let indexed = cells.first(where: { $0.name == Schema.indexedColumn(of: table) }) {
            attempts.insert("\(update(indexed.name)) AND \(indexed.name) IS \(indexed.parameter)", at: 0)
        }
        attempts.append(
            "INSERT OR ROLLBACK INTO main.\(table.rawValue) (\(columns.joined(separator: ", "))) "
                + "VALUES (\(cells.map(\.parameter).joined(separator: ", ")))")
        self.attempts = try attempts.map { try RowStatement(db, sql: $0) }
        let decisive = decisiveColumns.filter { $0 != 0 }.map { "\(cells[$0].name) = \(cells[$0].parameter), " }
        decisiveOnly = try RowStatement(
            db,
            sql: "UPDATE OR ROLLBACK main.\(table.rawValue) SET \(decisive.joined()) "
                + "modified_date = max(modified_date, ?\(cells.count)) \(isRow)")
    }

    /// Writes all rows.
    /// - Parameter theirs: keys of rows of which others wrote the other columns meanwhile.
    func run(besides theirs: Set<[UInt8]>) throws {
        var cells: [PackedRow.Cell] = []
        while try rows.step() {
            rows.read(into: &cells)
            let isTheirs = !theirs.isEmpty && theirs.contains(Array(rows.text(0)))
            for attempt in isTheirs ? [decisiveOnly] : attempts {
                try attempt.reset()
                for (position, cell) in cells.enumerated() { try attempt.bind(cell, at: Int32(position + 1)) }
                try attempt.execute()
                if db.changesCount > 0 { break }
            }
        }
    }
}
