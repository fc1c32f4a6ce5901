package import Domain

/// Everything the status route says of a session.
package struct SessionReport: Sendable, Codable {
    /// One file and what became of its records.
    package struct File: Sendable, Codable {
        package var fileName: String
        package var entity: String
        package var fileSize: Int64?
        package var sha256: String?
        /// The archive that it came in; nil for one that came by itself.
        package var archive: ImportArchive?
        package var counts: RecordCounts
        /// How it was read; nil before that, and when it could not be.
        package var reading: FileReading?
    }

    /// An issue of a record.
    package struct Warning: Sendable, Codable, Equatable {
        package var fileName: String
        /// Physical line on which the record begins, 1-based.
        package var line: Int
        package var column: String
        package var value: String
        package var code: String
        package var message: String

        init(_ issue: SessionIssues.Issue) {
            (fileName, line, column) = (issue.fileName, issue.line, issue.column)
            (value, code, message) = (issue.value, issue.code, issue.message)
        }
    }

    package var progress: ImportProgress
    package var userId: String
    package var schemaVersion: String
    package var files: [File]
    package var createdAt: String
    package var completedAt: String?
    /// Version of the catalog that the merge made.
    package var catalogVersion: Int64?
    /// ISO 8601 instant, UTC: when anything of it last changed.
    package var changedAt: String?
    /// Whether it runs and has stood still for too long.
    package var stuck: Bool
    /// What it waits for; nil unless it runs.
    package var waiting: SessionWait?
    /// Of its issues; nil before it was validated.
    package var tally: IssueTally?
    /// The first hundred in input order; the error report has all.
    package var warnings: [Warning]
    /// Path and query of the error report, once there is one.
    package var reportUrl: String?
}
