import Domain
import GRDB

/// A table of the catalog as a merge is compared with it: on the scratch's connection, with the catalog and its bases attached.
struct CatalogTable {
    let db: Database
    let table: EntityTable
    let base: TableBase?

    init(_ db: Database, _ table: EntityTable, _ bases: [TableBase]) {
        self.db = db
        self.table = table
        base = bases.first { $0.table == table }
    }

    /// Queries for columns of its rows, one for each place that they lie in; none of the rows lies in both.
    func queries(_ columns: String) -> [String] {
        let own = "SELECT \(columns) FROM catalog.\(table.rawValue) WHERE true"
        return [own] + (base.map { [$0.select(columns, catalog: "catalog")] } ?? [])
    }

    /// How many rows it has, counted no further than `limit`.
    func count(upTo limit: Int) throws -> Int {
        let rows = queries("1").joined(separator: " UNION ALL ")
        return try Int.fetchOne(db, sql: "SELECT count(*) FROM (\(rows) LIMIT ?)", arguments: [limit]) ?? 0
    }

    /// How many rows of its base no longer count.
    func supersededCount() throws -> Int {
        guard base != nil else { return 0 }
        return try Int.fetchOne(db, sql: "SELECT count(*) FROM catalog.\(TableBase.superseded(table))") ?? 0
    }
}
