import Catalog
import Domain
import Foundation
import GRDB
package import Jobs

extension SQLiteCatalog: OutboxStore {
    package func holdRelayLease(owner: String, seconds: Int) async throws -> Bool {
        let now = Date.now.timeIntervalSince1970
        defer { watchCommits() }
        return try await translatingErrors {
            try await pool.write { db in
                try db.execute(
                    sql: """
                        INSERT INTO relay_lease (id, owner, expires_at) VALUES (1, ?, ?)
                        ON CONFLICT (id) DO UPDATE SET owner = excluded.owner, expires_at = excluded.expires_at
                        -- A lease that ends later than any can was taken before the clock was set back.
                        WHERE owner = excluded.owner OR expires_at < ? OR expires_at > excluded.expires_at + 60
                        """, arguments: [owner, now + Double(seconds), now])
                return db.changesCount == 1
            }
        }
    }

    package func releaseRelayLease(owner: String) async throws {
        try await translatingErrors {
            try await pool.write { db in
                try db.execute(sql: "DELETE FROM relay_lease WHERE owner = ?", arguments: [owner])
            }
        }
    }

    package func dueEntries(limit: Int) async throws -> [OutboxEntry] {
        let now = Date.now.timeIntervalSince1970
        return try await translatingErrors {
            try await pool.read { [bases, log = pool.path + "-wal"] db in
                let transaction = SQLiteTransaction(db, bases)
                let sql = """
                    SELECT * FROM outbox WHERE due_at <= ?
                      AND (kind = 'job'
                           OR id < ifnull((SELECT min(id) FROM outbox WHERE kind = 'event' AND due_at > ?), 1 << 62))
                    ORDER BY id LIMIT ?
                    """
                let entries = try Row.fetchAll(db, sql: sql, arguments: [now, now, limit])
                    .map(transaction.outboxEntry(from:))
                // Nobody may be told of what a power cut could still take back.
                if !entries.isEmpty { try FileSync.sync(log) }
                return entries
            }
        }
    }

    package func remove(_ ids: [Int64]) async throws {
        try await translatingErrors {
            try await pool.writeWithoutTransaction { db in
                // What a power cut brings back is published once more.
                try db.unsynchronized { try db.transaction(.immediate) { try Self.remove(ids, db) } }
            }
        }
    }

    private static func remove(_ ids: [Int64], _ db: Database) throws {
        let delete = try RowStatement(db, sql: "DELETE FROM outbox WHERE id = ? RETURNING kind")
        var events = 0
        for id in ids {
            try delete.bind([.integer(id)])
            while try delete.step() {
                if delete.cell(0) == .text("event") { events += 1 }
            }
        }
        guard events > 0 else { return }
        try db.execute(sql: "UPDATE catalog_state SET log_used = 1 WHERE log_used = 0")
    }

    package func postpone(_ id: Int64, seconds: Int) async throws {
        let due = Date.now.timeIntervalSince1970 + Double(seconds)
        try await translatingErrors {
            try await pool.write { db in
                try db.execute(sql: "UPDATE outbox SET due_at = ? WHERE id = ?", arguments: [due, id])
            }
        }
    }

    package func bury(_ entry: OutboxEntry, because reason: String) async throws {
        try await translatingErrors {
            try await pool.write { [bases] db in
                try db.execute(sql: "DELETE FROM outbox WHERE id = ?", arguments: [entry.id])
                guard db.changesCount == 1, case .job(let request) = entry.content else { return }
                try SQLiteTransaction(db, bases).record(
                    DeadLetter(
                        queue: Topology.queue(for: request.type, interactive: request.interactive).rawValue,
                        jobID: request.id, type: request.type.rawValue,
                        subject: request.subject, reason: reason, attempts: 0, traceparent: request.traceparent,
                        diedAt: Date.now.iso8601, body: request.data))
            }
        }
    }

    package func putAgain(jobsOf queues: Set<WorkQueue>) async throws -> Int {
        let now = Date.now.iso8601
        let names = StatementArguments(queues.map(\.rawValue))
        let open = "FROM jobs WHERE applied_at IS NULL AND queue IN (\(databaseQuestionMarks(count: queues.count)))"
        return try await translatingErrors {
            try await pool.write { db in
                try db.execute(
                    sql: "DELETE FROM outbox WHERE kind = 'job' AND message_id IN (SELECT job_id \(open))",
                    arguments: names)
                try db.execute(
                    sql: """
                        INSERT INTO outbox (kind, message_id, type, subject, interactive, time, traceparent, data, due_at)
                        SELECT 'job', job_id, type, subject, queue = ?, ?, traceparent, data, 0 \(open)
                        ORDER BY enqueued_at
                        """,
                    arguments: [WorkQueue.snapshotRegenerateInteractive.rawValue, now] + names)
                return db.changesCount
            }
        }
    }

    package func waitForEntries(atMost limit: Duration) async {
        await nudge.wait(atMost: limit)
    }

    package func eventLogIncarnation(lost: Bool) async throws -> String {
        try await translatingErrors {
            try await pool.write { db in
                if lost {
                    try db.execute(
                        sql: "UPDATE catalog_state SET log_incarnation = ?, log_used = 0",
                        arguments: [UUID().uuidString.lowercased()])
                }
                return try String.fetchOne(db, sql: "SELECT log_incarnation FROM catalog_state") ?? ""
            }
        }
    }

    package func eventLogWasUsed() async throws -> Bool {
        try await translatingErrors {
            try await pool.read { db in
                try Bool.fetchOne(db, sql: "SELECT log_used FROM catalog_state") ?? false
            }
        }
    }
}

extension SQLiteTransaction {
    func outboxEntry(from row: Row) throws -> OutboxEntry {
        let content: OutboxEntry.Content
        switch row["kind"] as String {
        case "job":
            content = .job(
                JobRequest(
                    id: row["message_id"], type: try stored(row["type"], as: JobType.self), subject: row["subject"],
                    interactive: row["interactive"], traceparent: row["traceparent"], data: row["data"]))
        default:
            content = .event(
                DomainEvent(
                    id: row["message_id"], type: try stored(row["type"], as: EventType.self),
                    subject: row["subject"], sequence: row["sequence"], time: row["time"],
                    traceparent: row["traceparent"], data: row["data"]))
        }
        return OutboxEntry(id: row["id"], content: content)
    }
}
