package import Catalog
import Domain
import GRDB

/// Prepares a merge on a connection of its own: the scratch file, with the catalog attached and read as it is at one
/// version.
final class SQLiteMergePreparation: MergePreparation {
    let version: Int64
    fileprivate let db: Database
    fileprivate let scratch: MergeScratch
    fileprivate var feed: ScratchFeed?
    fileprivate var tables: [EntityTable: PreparedTable] = [:]
    fileprivate var trees: [ScratchFile.Tree] = []
    private let bases: [OpenBase]
    /// Rows from which on a whole table stays on the disk.
    private let baseRows: Int

    /// - Parameter db: the scratch's own, inside a transaction.
    /// - Throws: `BaseIsGone`.
    init(_ db: Database, _ scratch: MergeScratch, _ folder: BaseFolder) throws {
        self.db = db
        self.scratch = scratch
        baseRows = folder.minimumRows
        bases = try BaseAttachment(db: db, folder: folder, catalog: CatalogTable.catalog).attach().map(folder.open)
        version = try Int64.fetchOne(db, sql: "SELECT version FROM catalog.catalog_state") ?? 0
    }

    func compare(_ merge: TableMerge, rows: () throws -> PackedRows?) throws -> TableDelta {
        let feed =
            self.feed
            ?? ScratchFeed { [scratch, baseRows] in try scratch.file(baseRows: baseRows) }
        self.feed = feed
        var first: [PackedRows] = []
        var isAtEnd = false
        while !isAtEnd, first.reduce(0, { $0 + $1.rows.count }) < MergeWay.sample {
            if let batch = try rows() { first.append(batch) } else { isAtEnd = true }
        }
        let table = CatalogTable(db, merge.table, bases)
        var comparison = try TableComparison(table, merge, into: feed, try MergeWay(table, merge, first: first))
        for batch in first { try batch.forEach { try comparison.add($0, source: $1) } }
        while !isAtEnd, let batch = try rows() { try batch.forEach { try comparison.add($0, source: $1) } }
        tables[merge.table] = try comparison.finish()
        return comparison.delta
    }
}

extension SQLiteMergePreparation {
    /// Runs a merge's comparisons; when it returns, the scratch holds all that they found.
    func run<Value>(_ body: (any MergePreparation) throws -> Value) throws -> Value {
        do {
            let value = try body(self)
            if let feed { trees = try feed.complete() }
            return value
        } catch {
            feed?.abandon()
            throw error
        }
    }

    func takeBack(version: Int64, date: String) throws -> TakeBack {
        let file = try scratch.file()
        let (result, tables) = try ChangeReversal(db, bases, file, version: version, date: date).run()
        trees = try file.finish()
        self.tables = tables
        return result
    }
}

extension SQLiteCatalog {
    package func prepareMerge<Value: Sendable>(
        _ body: @Sendable @escaping (any MergePreparation) throws -> Value
    ) async throws -> (any PreparedMerge, Value) {
        let path = pool.path
        return try await translatingErrors {
            try await seeingBases { try await prepare(path, body) }
        }
    }

    private func prepare<Value: Sendable>(
        _ path: String, _ body: @Sendable @escaping (any MergePreparation) throws -> Value
    ) async throws -> (any PreparedMerge, Value) {
        let scratch = MergeScratch(besideCatalog: path)
        do {
            let queue = try scratch.open(catalog: path)
            return try await queue.writeWithoutTransaction { [bases] db in
                try scratch.begin(db)
                // Deferred: an immediate transaction would hold off the writers of whatever is attached, too.
                let (preparation, value) = try db.transaction(.deferred) {
                    let preparation = try SQLiteMergePreparation(db, scratch, bases)
                    return (preparation, try preparation.run(body))
                }
                try scratch.name(preparation.trees, db)
                let prepared = SQLitePreparedMerge(
                    version: preparation.version, scratch: scratch, tables: preparation.tables)
                // Here nobody waits for the disk.
                if prepared.keepsBase(in: bases) { try FileSync.sync(scratch.path) }
                return (prepared, value)
            }
        } catch {
            // The thread that writes it may hold it a moment longer than this does.
            scratch.remove()
            throw error
        }
    }
}
