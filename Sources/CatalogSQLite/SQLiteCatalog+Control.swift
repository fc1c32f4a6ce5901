import Catalog
import GRDB
package import Jobs

extension SQLiteCatalog: JobControl {
    package func pausedQueues() async throws -> Set<WorkQueue> {
        try await read { reader in Set(try reader.pausedQueues().compactMap { WorkQueue(rawValue: $0.name) }) }
    }

    package func cancelledJobs(among ids: Set<String>) async throws -> Set<String> {
        try await translatingErrors {
            try await pool.read { db in
                let marks = databaseQuestionMarks(count: ids.count)
                return try String.fetchSet(
                    db, sql: "SELECT job_id FROM jobs WHERE cancelled_at IS NOT NULL AND job_id IN (\(marks))",
                    arguments: StatementArguments(ids))
            }
        }
    }
}
