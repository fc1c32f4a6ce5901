import Catalog
import Domain
import Foundation
import GRDB

extension SQLiteTransaction {
    func pausedQueues() throws -> [PausedQueue] {
        try Row.fetchAll(db, sql: "SELECT * FROM paused_queues ORDER BY queue").map { row in
            PausedQueue(name: row["queue"], pausedBy: row["paused_by"], pausedAt: row["paused_at"])
        }
    }

    func pause(_ queue: PausedQueue) throws {
        try db.execute(
            sql: "INSERT INTO paused_queues (queue, paused_by, paused_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            arguments: [queue.name, queue.pausedBy, queue.pausedAt])
    }

    func resume(queue: String) throws -> Bool {
        try db.execute(sql: "DELETE FROM paused_queues WHERE queue = ?", arguments: [queue])
        return db.changesCount == 1
    }

    func cancelJobs(about topic: Topic, in queue: String?) throws -> Int {
        let now = Date.now.timeIntervalSince1970
        try db.execute(
            sql: """
                UPDATE jobs SET applied_at = ?1, cancelled_at = ?1, checkpoint = NULL
                WHERE subject = ?2 AND applied_at IS NULL AND queue = ifnull(?3, queue)
                """,
            arguments: [now, topic.description, queue])
        return db.changesCount
    }
}
