import Catalog
import Domain
import Foundation
import GRDB

extension SQLiteTransaction {
    private static let ended = "('COMPLETED', 'FAILED', 'CANCELLED', 'ROLLED_BACK', 'EXPIRED')"

    func sessionsWithUploads(unchangedSince instant: Date, limit: Int) throws -> [ImportSession] {
        let sql = """
            SELECT * FROM import_sessions WHERE is_cleared = 1 AND changed_at < ? AND status IN \(Self.ended)
            ORDER BY changed_at LIMIT ?
            """
        return try Row.fetchAll(db, sql: sql, arguments: [instant.timeIntervalSince1970, limit])
            .map(session(from:))
    }

    func markUploadsRemoved(session id: String) throws {
        try db.execute(sql: "UPDATE import_sessions SET is_cleared = 2 WHERE session_id = ?", arguments: [id])
    }

    func forgetJobs(appliedBefore instant: Date, limit: Int) throws -> Int {
        try db.execute(
            sql: """
                DELETE FROM jobs WHERE job_id IN (
                    SELECT j.job_id FROM jobs j WHERE j.applied_at < ?
                      AND NOT EXISTS (SELECT 1 FROM dead_letters d
                                      WHERE d.subject = j.subject AND d.job_id = j.job_id AND d.replayed_at IS NULL)
                      AND NOT EXISTS (SELECT 1 FROM import_sessions s
                                      WHERE s.session_id = substr(j.subject, 8) AND j.subject LIKE 'import:%'
                                        AND s.status NOT IN \(Self.ended))
                    LIMIT ?)
                """, arguments: [instant.timeIntervalSince1970, limit])
        return db.changesCount
    }

    func forgetHistory(before instant: Date, limit: Int) throws -> Int {
        let ended = "SELECT max(applied_version) FROM import_sessions WHERE completed_at < ?"
        guard let old = try Int64.fetchOne(db, sql: ended, arguments: [instant.iso8601]) else { return 0 }
        let running = """
            SELECT min(pinned_version) FROM import_sessions WHERE status IN ('VALIDATING', 'VALIDATED', 'PROCESSING')
            """
        let needed = try Int64.fetchOne(db, sql: running) ?? .max
        // First the entry of a change: without it, nobody takes what is left of its rows for the whole of them.
        try db.execute(sql: "DELETE FROM catalog_changes WHERE version <= ?", arguments: [min(old, needed)])
        // The last row stays: where it is gone, SQLite gives its number once more, and changes would not follow one another.
        let first = """
            SELECT min(ifnull((SELECT min(first_history) FROM catalog_changes), 1 << 62),
                       ifnull((SELECT max(rowid) FROM row_history), 0))
            """
        let kept = try Int64.fetchOne(db, sql: first) ?? 0
        var (last, count): (Int64?, Int) = (nil, 0)
        let oldest = try Row.fetchCursor(
            db,
            sql: """
                SELECT rowid, iif(typeof(before) = 'blob', CAST(row_key AS INTEGER), 1) FROM row_history
                WHERE rowid < ? ORDER BY rowid
                """, arguments: [kept])
        while count < limit, let row = try oldest.next() {
            last = row[0]
            count += row[1]
        }
        if let last { try db.execute(sql: "DELETE FROM row_history WHERE rowid <= ?", arguments: [last]) }
        return count
    }

    func forgetSubjects(before instant: Date, limit: Int) throws -> Int {
        try db.execute(
            sql: """
                DELETE FROM subjects WHERE subject IN (
                    SELECT u.subject FROM import_sessions s JOIN subjects u ON u.subject = 'import:' || s.session_id
                    WHERE s.status IN \(Self.ended) AND s.changed_at < ?
                      AND (s.status <> 'COMPLETED' OR s.snapshots_done >= s.snapshots_total)
                      AND NOT EXISTS (SELECT 1 FROM catalog_changes c WHERE c.version = s.applied_version)
                    LIMIT ?)
                """, arguments: [instant.timeIntervalSince1970, limit])
        return db.changesCount
    }
}
