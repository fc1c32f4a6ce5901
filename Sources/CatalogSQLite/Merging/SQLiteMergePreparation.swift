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

    /// - Parameter db: the scratch's own, inside a transaction.
    init(_ db: Database, _ scratch: MergeScratch) throws {
        self.db = db
        self.scratch = scratch
        version = try Int64.fetchOne(db, sql: "SELECT version FROM catalog.catalog_state") ?? 0
    }

    func compare(_ merge: TableMerge, rows: () throws -> PackedRows?) throws -> TableDelta {
        let feed = self.feed ?? ScratchFeed { [scratch, version] in try scratch.file(comparedWith: version) }
        self.feed = feed
        var first: [PackedRows] = []
        var isAtEnd = false
        while !isAtEnd, first.reduce(0, { $0 + $1.rows.count }) < MergeWay.sample {
            if let batch = try rows() { first.append(batch) } else { isAtEnd = true }
        }
        var comparison = try TableComparison(db, merge, into: feed, try MergeWay(db, merge, first: first))
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
        let file = try scratch.file(comparedWith: self.version)
        let (result, tables) = try ChangeReversal(db, file, version: version, date: date).run()
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
            let scratch = MergeScratch(besideCatalog: path)
            do {
                let queue = try scratch.open(catalog: path)
                return try await queue.writeWithoutTransaction { db in
                    try scratch.begin(db)
                    // Deferred: an immediate transaction would hold off the writers of whatever is attached, too.
                    let (preparation, value) = try db.transaction(.deferred) {
                        let preparation = try SQLiteMergePreparation(db, scratch)
                        return (preparation, try preparation.run(body))
                    }
                    try scratch.name(preparation.trees, db)
                    let prepared = SQLitePreparedMerge(
                        version: preparation.version, scratch: scratch, tables: preparation.tables)
                    return (prepared, value)
                }
            } catch {
                // The thread that writes it may hold it a moment longer than this does.
                scratch.remove()
                throw error
            }
        }
    }

    package func write<Value: Sendable>(
        with merge: any PreparedMerge, _ body: @Sendable @escaping (any CatalogWriter) throws -> Value
    ) async throws -> Value {
        let merge = try SQLitePreparedMerge.own(merge)
        let value = try await translatingErrors { try await commit(merge, body) }
        await carryOver(writtenFrom: merge.scratch)
        await carryOverByCommits()
        return value
    }

    /// Pages in the write-ahead log at which a commit carries it over (SQLite's own setting).
    private static let pagesOfLog = 1000

    private func commit<Value: Sendable>(
        _ merge: SQLitePreparedMerge, _ body: @Sendable @escaping (any CatalogWriter) throws -> Value
    ) async throws -> Value {
        let (value, leftSomething) = try await pool.writeWithoutTransaction { db in
            // Outside a transaction, as SQLite attaches inside none.
            try db.execute(sql: "ATTACH ? AS \(MergeScratch.name)", arguments: [merge.scratch.path])
            defer { Self.detach(db) }
            try db.execute(sql: "PRAGMA \(MergeScratch.name).journal_mode = OFF")
            try db.execute(sql: "PRAGMA \(MergeScratch.name).synchronous = OFF")
            // Else the commit would carry all its pages over into the file, and every writer behind it would wait.
            try db.executePlainly("PRAGMA wal_autocheckpoint = 0")
            do {
                return try db.transaction(.immediate) {
                    let transaction = SQLiteTransaction(db)
                    return (try body(transaction), transaction.leftOutboxEntries)
                }
            } catch {
                Self.carryOverByCommits(db)
                throw error
            }
        }
        if leftSomething { nudge.signal() }
        return value
    }

    /// Moves the pages of a merge from the write-ahead log into the catalog's file, on the merge's own connection: beside it
    /// others read and write. What goes wrong here is nothing but work that a later commit does.
    private func carryOver(writtenFrom scratch: MergeScratch) async {
        do {
            let queue = try scratch.open(catalog: pool.path)
            try await queue.writeWithoutTransaction { db in
                try db.executePlainly("PRAGMA catalog.wal_checkpoint(PASSIVE)")
            }
            // Else it closes some time later, and a catalog that is done with still has files open.
            try queue.close()
        } catch {
            // The next commit then does it after all.
        }
    }

    /// Has commits carry the write-ahead log over again, and gives the pages back that the merge read: nobody else reads as
    /// many. In a task of its own, as this one may have been cancelled.
    private func carryOverByCommits() async {
        let task = Task { [pool] in
            try await pool.writeWithoutTransaction { db in
                Self.carryOverByCommits(db)
                db.releaseMemory()
            }
        }
        // It throws when the catalog was closed, and then nothing is left to set.
        _ = await task.result
    }

    private static func carryOverByCommits(_ db: Database) {
        do {
            try db.executePlainly("PRAGMA wal_autocheckpoint = \(pagesOfLog)")
        } catch {
            assertionFailure("a setting without a condition failed: \(error)")
        }
    }

    /// Also for a task that was cancelled meanwhile: what stays attached would be in the way of every later merge.
    private static func detach(_ db: Database) {
        do {
            try db.executePlainly("DETACH \(MergeScratch.name)")
        } catch {
            // The next attachment under this name fails and says so.
            assertionFailure("a prepared merge could not be detached: \(error)")
        }
    }
}
