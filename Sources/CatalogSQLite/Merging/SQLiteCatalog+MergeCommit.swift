package import Catalog
import Domain
import GRDB

extension SQLiteCatalog {
    package func write<Value: Sendable>(
        with merge: any PreparedMerge, _ body: @Sendable @escaping (any CatalogWriter) throws -> Value
    ) async throws -> Value {
        let merge = try SQLitePreparedMerge.own(merge)
        let value = try await translatingErrors { try await seeingBases { try await commit(merge, body) } }
        await carryOver(writtenFrom: merge.scratch)
        await carryOverByCommits()
        return value
    }

    /// Pages in the write-ahead log at which a commit carries it over (SQLite's own setting).
    private static let pagesOfLog = 1000

    private func commit<Value: Sendable>(
        _ merge: SQLitePreparedMerge, _ body: @Sendable @escaping (any CatalogWriter) throws -> Value
    ) async throws -> Value {
        let committed = try await pool.writeWithoutTransaction { [bases] db in
            let transaction = SQLiteTransaction(db, bases)
            try transaction.bases.releaseFormer()
            // What cannot be let go of is before the next transaction.
            defer { try? transaction.bases.releaseFormer() }
            // Outside a transaction, as SQLite lets go of no file inside one that has read it.
            try db.execute(sql: "ATTACH ? AS \(MergeScratch.name)", arguments: [merge.scratch.path])
            defer { Self.detach(db) }
            try db.execute(sql: "PRAGMA \(MergeScratch.name).journal_mode = OFF")
            try db.execute(sql: "PRAGMA \(MergeScratch.name).synchronous = OFF")
            let newBase = try merge.keepsBase(in: bases) ? bases.keep(merge.scratch) : nil
            // Else the commit would carry all its pages over into the file, and every writer behind it would wait.
            try db.executePlainly("PRAGMA wal_autocheckpoint = 0")
            var isDecided = false
            do {
                return try db.transaction(.immediate) {
                    transaction.newBase = newBase
                    let before = try transaction.bases.refresh()
                    let value = try body(transaction)
                    let present = Set(try transaction.bases.bases().map(\.file))
                    isDecided = true
                    return Committed(
                        value: value, leftOutboxEntries: transaction.leftOutboxEntries,
                        former: Set(before.map(\.file)).union(newBase.map { [$0] } ?? []), present: present)
                }
            } catch {
                // A commit that failed may be found whole in the log after a power cut: its base is left, and removed as an abandoned one.
                if let newBase, !isDecided { bases.remove(newBase) }
                Self.carryOverByCommits(db)
                throw error
            }
        }
        if committed.leftOutboxEntries { nudge.signal() }
        removeBases(besides: committed.present, of: committed.former)
        return committed.value
    }

    /// What a transaction that applied a merge left.
    private struct Committed<Value: Sendable>: Sendable {
        let value: Value
        let leftOutboxEntries: Bool
        /// The files of bases that tables had, or might have come to have.
        let former: Set<BaseFile>
        /// Those that they have.
        let present: Set<BaseFile>
    }

    /// Removes the files of bases that no table has any more; who reads one goes on with it.
    private func removeBases(besides present: Set<BaseFile>, of former: Set<BaseFile>) {
        guard !former.isEmpty else { return }
        let gone = former.subtracting(present)
        for file in gone { bases.remove(file) }
        bases.removeAbandoned(besides: present)
        // Else connections that have nothing to read keep the room of what is gone.
        if !gone.isEmpty { pool.invalidateReadOnlyConnections() }
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

    private static func carryOverByCommits(_ db: Database) { db.set("PRAGMA wal_autocheckpoint = \(pagesOfLog)") }

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
