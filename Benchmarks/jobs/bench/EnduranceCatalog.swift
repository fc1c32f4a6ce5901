import Catalog
import CatalogSQLite
import Foundation
import GRDB

/// The product's catalog (outbox, lease, jobs and their marks), and beside it in the same file a table of effects in
/// which a double can be seen: nothing in it is unique.
///
/// The catalog has no table of that kind, so effect and mark are written through a connection of the benchmark's own.
final class EnduranceCatalog: Sendable {
    /// Outbox store, job ledger and job control, as in production.
    let catalog: SQLiteCatalog
    private let effects: DatabaseQueue

    /// Opens the file, making it when it is missing.
    init(path: String) throws {
        catalog = try SQLiteCatalog(path: path)
        var configuration = Configuration()
        configuration.busyMode = .timeout(30)
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        effects = try DatabaseQueue(path: path, configuration: configuration)
        try effects.write { db in
            try db.execute(
                sql: """
                    CREATE TABLE IF NOT EXISTS effects (
                        job_id TEXT NOT NULL, worker TEXT NOT NULL, attempt INTEGER NOT NULL, at REAL NOT NULL)
                    """)
        }
    }

    /// Writes marks and effects in one transaction; a job whose mark stands has had its effect.
    func apply(_ batch: [JobEffect]) async throws {
        try await effects.write { db in
            let mark = try db.cachedStatement(
                sql: "UPDATE jobs SET applied_at = ? WHERE job_id = ? AND applied_at IS NULL")
            let effect = try db.cachedStatement(
                sql: "INSERT INTO effects (job_id, worker, attempt, at) VALUES (?, ?, ?, ?)")
            let now = Date.now.timeIntervalSince1970
            for job in batch {
                try mark.execute(arguments: [now, job.id])
                guard db.changesCount == 1 else { continue }
                try effect.execute(arguments: [job.id, job.worker, job.attempt, now])
            }
        }
    }

    /// How many jobs were asked for, ever.
    func asked() async throws -> Int {
        try await effects.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM jobs") ?? 0 }
    }

    /// How many jobs have no mark yet.
    func unmarked() async throws -> Int {
        try await effects.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM jobs WHERE applied_at IS NULL") ?? 0 }
    }
}

/// What a job leaves behind.
struct JobEffect: Sendable {
    let id: String
    let worker: String
    let attempt: Int
}
