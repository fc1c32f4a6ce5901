package import Foundation
import GRDB
package import Jobs

extension SQLiteCatalog: JobLedger {
    package func standing(of jobID: String) async throws -> JobStanding {
        let now = Date.now.timeIntervalSince1970
        return try await translatingErrors {
            try await pool.read { db in
                let sql = "SELECT applied_at IS NOT NULL, lease_ends, checkpoint FROM jobs WHERE job_id = ?"
                guard let row = try Row.fetchOne(db, sql: sql, arguments: [jobID]) else {
                    return .open(checkpoint: nil)
                }
                if row[0] { return .applied }
                if let ends: Double = row[1], ends > now { return .leased }
                return .open(checkpoint: row[2])
            }
        }
    }

    package func lease(_ jobID: String, to holder: String, seconds: Int) async throws -> Bool {
        let now = Date.now.timeIntervalSince1970
        return try await translatingErrors {
            try await pool.write { db in
                try db.execute(
                    sql: """
                        UPDATE jobs SET
                            lease_ends = max(iif(lease_holder = ?1, ifnull(lease_ends, 0), 0), ?2), lease_holder = ?1
                        WHERE job_id = ?3 AND applied_at IS NULL
                          AND (lease_holder IS NULL OR lease_holder = ?1 OR lease_ends <= ?4)
                        """, arguments: [holder, now + Double(seconds), jobID, now])
                return db.changesCount == 1
            }
        }
    }

    package func endLease(of jobID: String, by holder: String) async throws {
        try await translatingErrors {
            try await pool.write { db in
                try db.execute(
                    sql: "UPDATE jobs SET lease_holder = NULL, lease_ends = NULL WHERE job_id = ? AND lease_holder = ?",
                    arguments: [jobID, holder])
            }
        }
    }

    package func save(checkpoint: Data, of jobID: String, by holder: String) async throws {
        let now = Date.now.timeIntervalSince1970
        let isKept = try await translatingErrors {
            try await pool.write { db in
                try db.execute(
                    sql: """
                        UPDATE jobs SET checkpoint = ? WHERE job_id = ? AND applied_at IS NULL
                          AND (lease_holder IS NULL OR lease_holder = ? OR lease_ends <= ?)
                        """, arguments: [checkpoint, jobID, holder, now])
                return db.changesCount == 1
            }
        }
        if !isKept { throw LeaseLost(jobID: jobID) }
    }
}
