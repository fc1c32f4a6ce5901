import Catalog
import Domain
import Foundation
import GRDB
import Jobs

extension SQLiteTransaction {
    func deadLetters(queue: String?, limit: Int) throws -> [DeadLetter] {
        let sql = """
            SELECT * FROM dead_letters WHERE replayed_at IS NULL AND (? IS NULL OR queue = ?)
            ORDER BY id DESC LIMIT ?
            """
        return try Row.fetchAll(db, sql: sql, arguments: [queue, queue, limit]).map(deadLetter(from:))
    }

    func deadLetters(about topic: Topic, limit: Int) throws -> [DeadLetter] {
        let sql = "SELECT * FROM dead_letters WHERE replayed_at IS NULL AND subject = ? ORDER BY id DESC LIMIT ?"
        return try Row.fetchAll(db, sql: sql, arguments: [topic.description, limit]).map(deadLetter(from:))
    }

    func deadLetter(_ id: Int64) throws -> DeadLetter? {
        try Row.fetchOne(db, sql: "SELECT * FROM dead_letters WHERE id = ?", arguments: [id])
            .map(deadLetter(from:))
    }

    func deadLetterCounts() throws -> [String: Int] {
        let sql = "SELECT queue, count(*) AS dead FROM dead_letters WHERE replayed_at IS NULL GROUP BY queue"
        let pairs: [(String, Int)] = try Row.fetchAll(db, sql: sql).map { ($0["queue"], $0["dead"]) }
        return Dictionary(uniqueKeysWithValues: pairs)
    }

    func record(_ letter: DeadLetter) throws {
        try db.execute(
            sql: """
                INSERT INTO dead_letters
                    (queue, job_id, type, subject, reason, attempts, traceparent, died_at, body)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
                """,
            arguments: [
                letter.queue, letter.jobID, letter.type, letter.subject, letter.reason, letter.attempts,
                letter.traceparent, letter.diedAt, letter.body,
            ])
        // A dead job no longer waits for its effect. A letter that comes twice may belong to a job reopened since.
        if db.changesCount == 1 { _ = try markApplied(letter.jobID) }
    }

    func markReplayed(_ id: Int64, at instant: String) throws {
        try db.execute(
            sql: "UPDATE dead_letters SET replayed_at = ? WHERE id = ? AND replayed_at IS NULL",
            arguments: [instant, id])
    }

    func purgeDeadLetters(queue: String) throws -> Int {
        try db.execute(
            sql: "DELETE FROM dead_letters WHERE queue = ? AND replayed_at IS NULL", arguments: [queue])
        return db.changesCount
    }

    func reopen(jobID: String, queue: String) throws {
        let row = try Row.fetchOne(db, sql: "SELECT * FROM jobs WHERE job_id = ?", arguments: [jobID])
        guard let row else {
            throw CatalogError(.failed, "the catalog knows no job \(jobID); it cannot be asked for again")
        }
        let now = Date.now
        try db.execute(
            sql: """
                UPDATE jobs SET applied_at = NULL, cancelled_at = NULL, enqueued_at = ?,
                                lease_holder = NULL, lease_ends = NULL, checkpoint = NULL
                WHERE job_id = ?
                """,
            arguments: [now.timeIntervalSince1970, jobID])
        try publish(
            JobRequest(
                id: jobID, type: try stored(row["type"], as: JobType.self), subject: row["subject"],
                interactive: queue == WorkQueue.snapshotRegenerateInteractive.rawValue,
                traceparent: row["traceparent"], data: row["data"]),
            at: now)
    }

    private func deadLetter(from row: Row) -> DeadLetter {
        DeadLetter(
            id: row["id"], queue: row["queue"], jobID: row["job_id"], type: row["type"], subject: row["subject"],
            reason: row["reason"], attempts: row["attempts"], traceparent: row["traceparent"],
            diedAt: row["died_at"], replayedAt: row["replayed_at"], body: row["body"])
    }
}
