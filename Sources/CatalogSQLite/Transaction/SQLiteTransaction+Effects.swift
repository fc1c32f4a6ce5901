import Catalog
import Domain
import Foundation
import GRDB
import Jobs

extension SQLiteTransaction {
    func state(of topic: Topic) throws -> SubjectState? {
        let subject = topic.description
        return try Row.fetchOne(db, sql: "SELECT * FROM subjects WHERE subject = ?", arguments: [subject]).map {
            SubjectState(
                subject: subject, sequence: $0["sequence"], type: try stored($0["type"], as: EventType.self),
                data: $0["data"])
        }
    }

    func jobCounts(since instant: Date) throws -> [JobCounts] {
        let sql = """
            SELECT queue, sum(asked) AS asked, sum(done) AS done FROM (
                SELECT queue, 1 AS asked, 0 AS done FROM jobs WHERE enqueued_at > :since
                UNION ALL
                SELECT queue, 0, 1 FROM jobs WHERE applied_at > :since AND cancelled_at IS NULL)
            GROUP BY queue ORDER BY queue
            """
        return try Row.fetchAll(db, sql: sql, arguments: ["since": instant.timeIntervalSince1970]).map { row in
            JobCounts(queue: row["queue"], asked: row["asked"], done: row["done"])
        }
    }

    func outboxState() throws -> OutboxState {
        let entries = try Int.fetchOne(db, sql: "SELECT count(*) FROM outbox") ?? 0
        let oldest = try String.fetchOne(db, sql: "SELECT time FROM outbox ORDER BY id LIMIT 1")
        let since = try oldest.map { try Date(iso8601: $0) }
        return OutboxState(entries: entries, oldestSeconds: max(0, since.map { Date.now.timeIntervalSince($0) } ?? 0))
    }

    func outboxDepth(upTo limit: Int) throws -> Int {
        try Int.fetchOne(db, sql: "SELECT count(*) FROM (SELECT 1 FROM outbox LIMIT ?)", arguments: [limit]) ?? 0
    }

    func pendingJobs() throws -> [PendingJobs] {
        let sql = """
            SELECT j.queue, count(*) AS pending, min(j.enqueued_at) AS oldest,
                   sum(EXISTS (SELECT 1 FROM outbox o WHERE o.message_id = j.job_id)) AS unpublished
            FROM jobs j WHERE j.applied_at IS NULL GROUP BY j.queue
            """
        let now = Date.now.timeIntervalSince1970
        return try Row.fetchAll(db, sql: sql).map { row in
            PendingJobs(
                queue: row["queue"], count: row["pending"], unpublished: row["unpublished"],
                oldestSeconds: max(0, now - row["oldest"]))
        }
    }

    func enqueue(_ request: JobRequest) throws {
        let now = Date.now
        let queue = Topology.queue(for: request.type, interactive: request.interactive)
        try db.execute(
            sql: """
                INSERT INTO jobs (job_id, queue, type, subject, traceparent, data, enqueued_at)
                VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
                """,
            arguments: [
                request.id, queue.rawValue, request.type.rawValue, request.subject, request.traceparent,
                request.data, now.timeIntervalSince1970,
            ])
        guard db.changesCount == 1 else { return }
        try publish(request, at: now)
    }

    /// Leaves a job in the outbox.
    func publish(_ request: JobRequest, at now: Date) throws {
        try db.execute(
            sql: """
                INSERT INTO outbox (kind, message_id, type, subject, interactive, time, traceparent, data, due_at)
                VALUES ('job', ?, ?, ?, ?, ?, ?, ?, 0)
                """,
            arguments: [
                request.id, request.type.rawValue, request.subject, request.interactive, now.iso8601,
                request.traceparent, request.data,
            ])
        leftOutboxEntries = true
    }

    func tell(
        _ type: EventType, about topic: Topic, state: some Encodable & Sendable, traceparent: String?
    ) throws {
        let subject = topic.description
        let data = try json(state)
        let sequence = try Int64.fetchOne(
            db,
            sql: """
                INSERT INTO subjects (subject, sequence, type, data) VALUES (?, 1, ?, ?)
                ON CONFLICT (subject) DO UPDATE
                SET sequence = sequence + 1, type = excluded.type, data = excluded.data
                RETURNING sequence
                """, arguments: [subject, type.rawValue, data])
        guard let sequence else {
            throw CatalogError(.failed, "the catalog gave no sequence number for \(subject)")
        }
        try db.execute(
            sql: """
                INSERT INTO outbox (kind, message_id, type, subject, sequence, time, traceparent, data, due_at)
                VALUES ('event', ?, ?, ?, ?, ?, ?, ?, 0)
                """,
            arguments: [
                "\(subject)#\(sequence)", type.rawValue, subject, sequence, Date.now.iso8601, traceparent, data,
            ])
        leftOutboxEntries = true
    }

    func markApplied(_ jobID: String) throws -> Bool {
        try db.execute(
            sql: "UPDATE jobs SET applied_at = ?, checkpoint = NULL WHERE job_id = ? AND applied_at IS NULL",
            arguments: [Date.now.timeIntervalSince1970, jobID])
        return db.changesCount == 1
    }
}
