import Catalog
import Domain
import Foundation
import GRDB

/// A database file beside the catalog that holds what a merge found to differ, until it is applied. Nothing in it need
/// survive a crash: the merge is prepared again.
final class MergeScratch: Sendable {
    /// The name under which a connection attaches it.
    static let name = "merge"
    private static let marker = "-merge-"

    let path: String

    /// Names a new file beside the catalog, and removes those that killed processes left.
    init(besideCatalog catalog: String) {
        path = catalog + Self.marker + UUID().uuidString
        FilesBeside(path: catalog).removeAbandoned { $0.hasPrefix(Self.marker) }
    }

    deinit { remove() }

    /// Removes the file, if it is there.
    func remove() {
        // It may be gone already; what stays is removed by a later merge.
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Opens the file, with the catalog attached as `catalog`.
    func open(catalog: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.label = "merge"
        configuration.busyMode = .timeout(30)
        configuration.prepareDatabase { db in
            Schema.addHistoryFunction(db)
            try db.execute(sql: "PRAGMA page_size = \(PageFile.pageBytes)")
            try db.execute(sql: "PRAGMA journal_mode = OFF")
            try db.execute(sql: "PRAGMA synchronous = OFF")
            try db.execute(sql: "ATTACH ? AS catalog", arguments: [catalog])
        }
        return try DatabaseQueue(path: path, configuration: configuration)
    }

    /// Makes the file's first page, which SQLite does only once it has something to write.
    func begin(_ db: Database) throws { try db.execute(sql: "PRAGMA main.user_version = 1") }

    /// Opens the file to write the change's tables.
    /// - Parameter baseRows: rows from which on an image stays on the disk.
    /// - Throws: `DatabaseError` when it cannot be opened.
    func file(baseRows: Int = .max) throws -> ScratchFile { ScratchFile(try PageFile(path), baseRows: baseRows) }

    /// Has SQLite know what was written behind its back, outside a transaction that read the file before.
    func name(_ trees: [ScratchFile.Tree], _ db: Database) throws {
        try db.execute(sql: "PRAGMA writable_schema = ON")
        for tree in trees {
            try db.execute(
                sql: "INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) VALUES (?, ?, ?, ?, ?)",
                arguments: [tree.isTable ? "table" : "index", tree.name, tree.table, tree.root, tree.sql])
        }
    }
}

/// What a merge found to differ, in its scratch file.
final class SQLitePreparedMerge: PreparedMerge {
    let version: Int64
    let scratch: MergeScratch
    let tables: [EntityTable: PreparedTable]

    init(version: Int64, scratch: MergeScratch, tables: [EntityTable: PreparedTable]) {
        self.version = version
        self.scratch = scratch
        self.tables = tables
    }

    func discard() { scratch.remove() }

    /// Whether a table that it replaces is to have a base.
    func keepsBase(in folder: BaseFolder) -> Bool { tables.values.contains { $0.isBase(in: folder) } }

    /// A merge as this catalog prepared it.
    /// - Throws: `CatalogError` for one of another kind of catalog.
    static func own(_ merge: any PreparedMerge) throws(CatalogError) -> SQLitePreparedMerge {
        guard let merge = merge as? SQLitePreparedMerge else {
            throw CatalogError(.failed, "the merge was prepared for another kind of catalog")
        }
        return merge
    }
}

/// One table of a prepared merge.
struct PreparedTable: Sendable {
    /// How many rows the scratch has where it holds the whole table as it shall be; nil where it holds only what differs.
    let imageRows: Int?
    /// Hashes of the keys of all rows of the merge, and of those that go besides, in no use outside this process.
    let keys: [Int]
    var keysOfMissing: [Int] = []
    /// Positions of the columns by which it is decided what becomes of a row, ascending.
    let decisiveColumns: [Int]

    var isImage: Bool { imageRows != nil }

    /// Whether the table's rows are too many to be copied into the catalog.
    func isBase(in folder: BaseFolder) -> Bool { imageRows.map { $0 >= folder.minimumRows } ?? false }
}
