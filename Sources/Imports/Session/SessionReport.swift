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

    package var progress: ImportProgress
    package var userId: String
    package var schemaVersion: String
    package var files: [File]
    package var createdAt: String
    package var completedAt: String?
    /// Version of the catalog that the merge made.
    package var catalogVersion: Int64?
    /// Path and query of the error report, once there is one.
    package var reportUrl: String?
}
