import Catalog
import Domain
import Foundation
import GRDB

extension SQLiteTransaction {
    func pace(ofSession id: String) throws -> SessionPace? {
        let sql = "SELECT changed_at, stage_began_at FROM import_sessions WHERE session_id = ?"
        return try Row.fetchOne(db, sql: sql, arguments: [id]).map(pace(from:))
    }

    func sessions(_ query: SessionQuery) throws -> [TimedSession] {
        var conditions: [String] = []
        var arguments: StatementArguments = []
        if let user = query.userID {
            conditions.append("user_id = ?")
            arguments += [user]
        }
        if let status = query.status {
            conditions.append("status = ?")
            arguments += [status.rawValue]
        }
        if let since = query.unchangedSince {
            conditions.append(
                """
                changed_at < ? AND (status IN ('VALIDATING', 'PROCESSING')
                                    OR (status = 'COMPLETED' AND snapshots_done < snapshots_total))
                """)
            arguments += [since.timeIntervalSince1970]
        }
        if let before = query.before {
            conditions.append("(created_at, session_id) < (?, ?)")
            arguments += [before.createdAt, before.sessionID]
        }
        let condition = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
        let sql = "SELECT * FROM import_sessions \(condition) ORDER BY created_at DESC, session_id DESC LIMIT ?"
        return try Row.fetchAll(db, sql: sql, arguments: arguments + [query.limit]).map { row in
            TimedSession(session: try session(from: row), pace: pace(from: row))
        }
    }

    func mergedSession(of userID: String, contentKey: String) throws -> ImportSession? {
        let sql = """
            SELECT * FROM import_sessions WHERE content_key = ? AND user_id = ? AND applied_version IS NOT NULL
            ORDER BY applied_version DESC LIMIT 1
            """
        return try Row.fetchOne(db, sql: sql, arguments: [contentKey, userID]).map(session(from:))
    }

    func changes(after version: Int64, limit: Int) throws -> [CatalogChange] {
        let sql = "SELECT version, session_id, origin FROM catalog_changes WHERE version > ? ORDER BY version LIMIT ?"
        return try Row.fetchAll(db, sql: sql, arguments: [version, limit]).map { row in
            CatalogChange(
                version: row["version"], sessionID: row["session_id"],
                origin: try stored(row["origin"], as: ChangeOrigin.self))
        }
    }

    func openJobs(about topic: Topic, limit: Int) throws -> [OpenJob] {
        let sql = """
            SELECT j.queue, ifnull(j.lease_ends, 0) > ? AS leased,
                   EXISTS (SELECT 1 FROM outbox o WHERE o.message_id = j.job_id) AS unpublished,
                   (SELECT count(*) FROM (
                        SELECT 1 FROM jobs b WHERE b.applied_at IS NULL AND b.queue = j.queue
                                             AND b.enqueued_at < j.enqueued_at LIMIT 10000)) AS ahead
            FROM jobs j WHERE j.applied_at IS NULL AND j.subject = ? ORDER BY j.enqueued_at LIMIT ?
            """
        let now = Date.now.timeIntervalSince1970
        return try Row.fetchAll(db, sql: sql, arguments: [now, topic.description, limit]).map { row in
            OpenJob(
                queue: row["queue"], ahead: row["ahead"], isPublished: !(row["unpublished"] as Bool),
                isLeased: row["leased"])
        }
    }

    /// When the stage began that a session about to be written is in: now, unless it was in it before.
    func stageBegan(of session: ImportSession, at now: Double) throws -> Double {
        let sql = "SELECT stage_began_at FROM import_sessions WHERE session_id = ? AND stage = ?"
        return try Double.fetchOne(db, sql: sql, arguments: [session.sessionID, session.stage.rawValue]) ?? now
    }

    private func pace(from row: Row) -> SessionPace {
        SessionPace(
            changedAt: Date(timeIntervalSince1970: row["changed_at"]),
            stageBegan: Date(timeIntervalSince1970: row["stage_began_at"]))
    }
}
