package import Domain

/// Everything the status route says of a session.
package struct SessionReport: Sendable, Codable {
    /// One file and what became of its records.
    package struct File: Sendable, Codable {
        package var fileName: String
        package var entity: String
        package var fileSize: Int64?
        package var sha256: String?
        package var counts: RecordCounts
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

        init(_ issue: ImportIssue, fileName: String) {
            self.fileName = fileName
            (line, column, value, message) = (issue.line, issue.column, issue.value, issue.message)
            code = issue.code.rawValue
        }
    }

    /// What the report says of one code.
    package struct IssueGroup: Sendable, Codable, Equatable {
        package var code: String
        /// How many lines of the report are errors of this code, and how many warnings.
        package var errors: Int
        package var warnings: Int
        /// The first hundred in input order.
        package var first: [Warning]
    }

    /// What stands beside the report for the status route.
    struct ToldIssues: Sendable, Codable {
        var warnings: [Warning]
        var groups: [IssueGroup]
    }

    package var progress: ImportProgress
    package var userId: String
    package var schemaVersion: String
    package var files: [File]
    package var createdAt: String
    package var completedAt: String?
    /// Version of the catalog that the merge made.
    package var catalogVersion: Int64?
    /// The first hundred in input order; the error report has all.
    package var warnings: [Warning]
    /// By code; the error report has all.
    package var issues: [IssueGroup]
    /// Path and query of the error report, once there is one.
    package var reportUrl: String?
}
