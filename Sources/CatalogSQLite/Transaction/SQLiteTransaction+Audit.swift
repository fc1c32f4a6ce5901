import Catalog
import Domain
import Foundation
import GRDB

extension SQLiteTransaction {
    func record(_ entry: ImportAuditEntry) throws {
        try db.execute(
            sql: """
                INSERT INTO import_audit (session_id, user_id, status, entry) VALUES (?, ?, ?, ?)
                ON CONFLICT DO NOTHING
                """, arguments: [entry.sessionId, entry.userId, entry.status.rawValue, try json(entry)])
    }

    func auditEntries(_ query: AuditQuery) throws -> [NumberedAuditEntry] {
        var conditions = ["number < ?"]
        var arguments: StatementArguments = [query.before ?? Int64.max]
        if let user = query.userID {
            conditions.append("user_id = ?")
            arguments += [user]
        }
        if let session = query.sessionID {
            conditions.append("session_id = ?")
            arguments += [session]
        }
        let sql = """
            SELECT number, entry FROM import_audit WHERE \(conditions.joined(separator: " AND "))
            ORDER BY number DESC LIMIT ?
            """
        return try Row.fetchAll(db, sql: sql, arguments: arguments + [query.limit]).map { row in
            NumberedAuditEntry(number: row["number"], entry: try decode(ImportAuditEntry.self, from: row["entry"]))
        }
    }
}
