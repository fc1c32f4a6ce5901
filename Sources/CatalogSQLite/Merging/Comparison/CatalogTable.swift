import Domain
import GRDB

/// A table of the catalog as a merge is compared with it: on the scratch's connection, with the catalog and its bases attached.
struct CatalogTable {
    /// The name under which the connection has the catalog.
    static let catalog = "catalog"
    let db: Database
    let table: EntityTable
    let base: OpenBase?

    init(_ db: Database, _ table: EntityTable, _ bases: [OpenBase]) {
        self.db = db
        self.table = table
        base = bases.first { $0.base.table == table }
    }

    /// Goes through its rows in the order of their keys, one for each place that they lie in; none of the rows lies in both.
    func scans() throws -> [PresentRow] {
        let own = try RowStatement(db, sql: "\(ownRows(columns)) ORDER BY \(table.primaryKey)")
        return [.statement(own)]
            + (try base.map { [.base(try BaseScan(db, $0, catalog: Self.catalog))] } ?? [])
    }

    /// Finds the row with the key that is bound, one for each place.
    func lookups() throws -> [RowStatement] {
        let queries = [ownRows(columns)] + (base.map { [$0.base.select(columns, catalog: Self.catalog)] } ?? [])
        return try queries.map { try RowStatement(db, sql: "\($0) AND \(table.primaryKey) = ?") }
    }

    private var columns: String { table.storedColumns.joined(separator: ", ") }

    private func ownRows(_ columns: String) -> String {
        "SELECT \(columns) FROM \(Self.catalog).\(table.rawValue) WHERE true"
    }

    /// How many rows it has, counted not much further than `limit`; a few less where others superseded rows that its base lacks.
    func count(upTo limit: Int) throws -> Int {
        let sql = "SELECT count(*) FROM (\(ownRows("1")) LIMIT ?)"
        let own = try Int.fetchOne(db, sql: sql, arguments: [limit]) ?? 0
        guard let base, own < limit else { return own }
        let superseded = try supersededCount()
        // By its pages: SQLite would go through an index of it. Of keys that are superseded the base may lack some.
        let all = try TreeCount(base.pages, root: try base.root(db), upTo: limit - own + superseded).rows
        return own + max(0, all - superseded)
    }

    /// How many rows of its base no longer count.
    func supersededCount() throws -> Int {
        guard base != nil else { return 0 }
        return try Int.fetchOne(db, sql: "SELECT count(*) FROM \(Self.catalog).\(TableBase.superseded(table))") ?? 0
    }
}
