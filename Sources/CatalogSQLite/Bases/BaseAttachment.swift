import Catalog
import Domain
import Foundation
import GRDB

/// A base went before it could be attached: the transaction saw the catalog as it was, and begins again.
struct BaseIsGone: Error {
    let base: TableBase
}

/// What one connection sees of bases: their files attached, and for each table that has one a view of all its rows under its name.
struct BaseAttachment {
    let db: Database
    let folder: BaseFolder
    /// The name under which the connection has the catalog.
    var catalog = "main"
    /// KiB of a base's pages that the connection keeps.
    private static let cacheKiB = 8192

    /// The bases that the catalog's tables have, what the connection has attached, and the views that it has.
    private struct State {
        var bases: [TableBase] = []
        var attached: Set<BaseFile> = []
        /// By name their SQL.
        var views: [String: String] = [:]
        /// What is attached and no table's base any more.
        var former: Set<BaseFile> { attached.subtracting(bases.map(\.file)) }
    }

    /// The bases that the catalog's tables have.
    func bases() throws -> [TableBase] { try state().bases }

    /// The base of a table; nil where all of it lies in the catalog.
    func base(of table: EntityTable) throws -> TableBase? { try bases().first { $0.table == table } }

    /// Lets go of the files that no table has any more. Outside a transaction: a writer's holds every file that is attached.
    func releaseFormer() throws {
        for file in try state().former { try db.executePlainly("DETACH \(file.schema)") }
    }

    /// Has each table's name mean all of its rows. First of all in a transaction: SQLite lets go of no file that the transaction has
    /// read.
    /// - Returns: the bases.
    /// - Throws: `BaseIsGone`.
    @discardableResult
    func refresh() throws -> [TableBase] {
        let state = try state()
        let wanted = Dictionary(uniqueKeysWithValues: state.bases.map { ($0.table.rawValue, $0.view) })
        for (name, sql) in state.views where wanted[name] != sql { try db.executePlainly("DROP VIEW temp.\(name)") }
        try attach(state)
        for (name, sql) in wanted where state.views[name] != sql {
            // SQLite keeps a view's text without the word that makes it temporary.
            try db.executePlainly("CREATE TEMP\(sql.dropFirst("CREATE".count))")
        }
        return state.bases
    }

    /// Attaches the bases' files without views, for who reads bases and the catalog's tables side by side.
    /// - Returns: the bases.
    /// - Throws: `BaseIsGone`.
    func attach() throws -> [TableBase] {
        let state = try state()
        try attach(state)
        return state.bases
    }

    /// Gives a table another base, which is to be seen at once.
    func set(_ base: TableBase) throws {
        try db.execute(
            sql: "REPLACE INTO \(catalog).table_bases (table_name, file) VALUES (?, ?)",
            arguments: [base.table.rawValue, base.file.schema])
        try refresh()
    }

    /// Has a table lie in the catalog alone.
    func removeBase(of table: EntityTable) throws {
        try db.execute(sql: "DELETE FROM \(catalog).table_bases WHERE table_name = ?", arguments: [table.rawValue])
        try refresh()
    }

    /// One query, as each transaction begins with it.
    private func state() throws -> State {
        let statement = try db.cachedStatement(
            sql: """
                SELECT 0, table_name, file FROM \(catalog).table_bases
                UNION ALL SELECT 1, name, NULL FROM pragma_database_list WHERE name GLOB 'base_*'
                UNION ALL SELECT 2, name, sql FROM temp.sqlite_master WHERE type = 'view'
                """)
        var state = State()
        let rows = try Row.fetchCursor(statement)
        while let row = try rows.next() {
            let (kind, name, text) = (row[0] as Int, row[1] as String, row[2] as String?)
            switch kind {
            case 0:
                guard let table = EntityTable(rawValue: name), let file = text.flatMap(BaseFile.init(schema:)) else {
                    throw CatalogError(
                        .corrupt, "the catalog is damaged: the base of \(name) is called \(text ?? "nothing")")
                }
                state.bases.append(TableBase(table: table, file: file))
            case 1: if let file = BaseFile(schema: name) { state.attached.insert(file) }
            default: state.views[name] = text
            }
        }
        return state
    }

    private func attach(_ state: State) throws {
        // First, as SQLite attaches ten files at most. A writer's transaction holds every file that is attached, so that this fails and
        // `releaseFormer` does it; a reader's holds none yet.
        for file in state.former { try? db.executePlainly("DETACH \(file.schema)") }
        var attached = state.attached
        for base in state.bases where attached.insert(base.file).inserted { try attach(base) }
    }

    private func attach(_ base: TableBase) throws {
        var url = URLComponents(url: URL(filePath: folder.path(base.file)), resolvingAgainstBaseURL: false)
        url?.queryItems = [URLQueryItem(name: "immutable", value: "1"), URLQueryItem(name: "mode", value: "ro")]
        do {
            try db.execute(sql: "ATTACH ? AS \(base.file.schema)", arguments: [url?.string])
        } catch let error as DatabaseError
            where error.resultCode == .SQLITE_CANTOPEN && folder.isMissing(base.file)
        {
            throw BaseIsGone(base: base)
        }
        try db.executePlainly("PRAGMA \(base.file.schema).cache_size = -\(Self.cacheKiB)")
    }
}
