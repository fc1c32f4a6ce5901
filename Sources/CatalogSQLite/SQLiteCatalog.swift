package import Catalog
import Foundation
import GRDB
import Synchronization

/// The catalog in one SQLite file.
package final class SQLiteCatalog: MergingCatalog {
    let pool: DatabasePool
    let nudge = OutboxNudge()
    let bases: BaseFolder
    /// Made for whoever relays: the system has few of them.
    private let commitWatch = Mutex<CommitWatch?>(nil)

    /// Opens the file, making it and its tables when they are missing.
    /// - Parameters:
    ///   - path: of the database file; its folder must exist.
    ///   - baseRows: rows from which a table that a merge replaces is kept in a file of its own (ADR 19).
    /// - Throws: `CatalogError` when it cannot be opened or is no catalog.
    package init(path: String, baseRows: Int = 100_000) throws(CatalogError) {
        bases = BaseFolder(catalog: path, minimumRows: baseRows)
        var configuration = Configuration()
        configuration.label = "catalog"
        configuration.busyMode = .timeout(30)
        configuration.maximumReaderCount = 4
        configuration.prepareDatabase { db in
            Schema.addHistoryFunction(db)
            // A merge goes to and fro over tables and indexes; the one connection that writes keeps their pages.
            try db.execute(sql: "PRAGMA cache_size = \(db.configuration.readonly ? -8192 : -32768)")
            try db.execute(sql: "PRAGMA journal_size_limit = 67108864")
            try db.execute(sql: "PRAGMA temp_store = MEMORY")
            // Debian's SQLite writes zeros over what is deleted: of a table that a merge replaces that is every page.
            try db.executePlainly("PRAGMA secure_delete = OFF")
        }
        do {
            pool = try Self.openPool(path, configuration)
            try Schema.bringUpToDate(pool)
        } catch {
            let code = (error as? DatabaseError).map { CatalogError($0).code } ?? .unavailable
            throw CatalogError(
                code,
                "the catalog \(path) cannot be opened: \(error). Check that its folder exists and can be written, "
                    + "and that the file is an SRTO catalog.",
                cause: error)
        }
    }

    /// Switching a new file to WAL is the one thing for which SQLite does not wait its turn: of two processes that open it
    /// at once, one looks again.
    private static func openPool(_ path: String, _ configuration: Configuration) throws -> DatabasePool {
        let deadline = Date.now.addingTimeInterval(30)
        while true {
            do {
                let pool = try DatabasePool(path: path, configuration: configuration)
                // What was confirmed survives a power cut, not only a killed process. Not before, as GRDB sets it itself when it opens.
                try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
                return pool
            } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY && Date.now < deadline {
                Thread.sleep(forTimeInterval: 0.02)
            }
        }
    }

    package func read<Value: Sendable>(
        _ body: @Sendable @escaping (any CatalogReader) throws -> Value
    ) async throws -> Value {
        try await translatingErrors {
            try await seeingBases { [bases] in
                try await pool.read { db in
                    let transaction = SQLiteTransaction(db, bases)
                    try transaction.bases.refresh()
                    return try body(transaction)
                }
            }
        }
    }

    package func write<Value: Sendable>(
        _ body: @Sendable @escaping (any CatalogWriter) throws -> Value
    ) async throws -> Value { try await write(isSynchronized: true, body) }

    package func writeUnsynchronized<Value: Sendable>(
        _ body: @Sendable @escaping (any CatalogWriter) throws -> Value
    ) async throws -> Value { try await write(isSynchronized: false, body) }

    private func write<Value: Sendable>(
        isSynchronized: Bool, _ body: @Sendable @escaping (any CatalogWriter) throws -> Value
    ) async throws -> Value {
        let (value, leftSomething) = try await translatingErrors {
            try await seeingBases { [bases] in
                try await pool.writeWithoutTransaction { db in
                    let transaction = SQLiteTransaction(db, bases)
                    try transaction.bases.releaseFormer()
                    func run() throws -> (Value, Bool) {
                        try db.transaction(.immediate) {
                            try transaction.bases.refresh()
                            let value = try body(transaction)
                            return (value, transaction.leftOutboxEntries)
                        }
                    }
                    return isSynchronized ? try run() : try db.unsynchronized(run)
                }
            }
        }
        if leftSomething { nudge.signal() }
        return value
    }

    /// From now on commits of other processes of this host end a wait for outbox entries too.
    func watchCommits() {
        commitWatch.withLock { watch in
            guard watch == nil else { return }
            do {
                watch = try CommitWatch(path: pool.path) { [nudge] in nudge.signal() }
            } catch {
                // The relay's sweep then finds what other processes leave, seconds later; the next lease tries again.
            }
        }
    }

    /// Begins a transaction again whose bases were replaced before it could open them.
    func seeingBases<Value>(_ body: () async throws -> Value) async throws -> Value {
        var attempts = 1
        while true {
            do {
                return try await body()
            } catch let error as BaseIsGone {
                guard attempts < Self.mostAttempts else {
                    throw CatalogError(
                        .corrupt,
                        "the file \(bases.path(error.base.file)) is missing, which holds the rows of \(error.base.table.rawValue): "
                            + "restore it beside the catalog from the same backup",
                        cause: error)
                }
                attempts += 1
            }
        }
    }

    /// A base is replaced once in seconds at most, and a transaction begins at once.
    private static let mostAttempts = 3

    /// Gives GRDB's errors the catalog's words; others pass as they are.
    func translatingErrors<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as DatabaseError {
            throw CatalogError(error)
        } catch let error as RecordCells.Damaged {
            throw CatalogError(
                .corrupt, "the catalog is damaged: a row cannot be read; restore it from a backup", cause: error)
        }
    }
}

extension CatalogError {
    init(_ error: DatabaseError) {
        switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(.busy, "another writer held the catalog for more than 30 s; try again", cause: error)
        case .SQLITE_FULL:
            self.init(.full, "the disk that holds the catalog is full; make room and try again", cause: error)
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            self.init(.corrupt, "the catalog file is damaged: restore it from a backup (\(error))", cause: error)
        case .SQLITE_CANTOPEN, .SQLITE_IOERR, .SQLITE_READONLY:
            self.init(.unavailable, "the catalog file cannot be read or written: \(error)", cause: error)
        default:
            self.init(.failed, "\(error)", cause: error)
        }
    }
}
