/// What the audit keeps of an import that ended: who, when, which files, and what came of it.
///
/// The names are the specification's (7.4) where it has one.
package struct ImportAuditEntry: Sendable, Codable, Equatable {
    /// A file as it was uploaded, and what became of its records.
    package struct File: Sendable, Codable, Equatable {
        package var fileName: String
        package var entity: String
        /// Bytes.
        package var fileSize: Int64?
        /// Hexadecimal.
        package var sha256: String?
        /// The archive that it came in; nil for one that came by itself.
        package var archive: ImportArchive?
        package var results: ImportResults
    }

    /// ISO 8601 instant, UTC: when it ended.
    package var timestamp: String
    package var userId: String
    package var sessionId: String
    package var action: String
    package var resourceType: String
    package var resourceId: String
    package var status: ImportStatus
    package var schemaId: String
    package var schemaVersion: String
    /// ISO 8601 instant, UTC: when it was opened.
    package var createdAt: String
    /// Version of the catalog that it made; nil when it changed nothing.
    package var catalogVersion: Int64?
    package var errorCode: String?
    package var errorMessage: String?
    package var results: ImportResults
    package var files: [File]

    /// The entry of a session that has ended; nil for one that goes on, that nobody asked to be merged, or for which nothing
    /// was done.
    package init?(of session: ImportSession, files: [ImportFile], at instant: String) {
        guard session.status.isTerminal, session.processRequested, session.sameAs == nil else { return nil }
        timestamp = instant
        userId = session.userID
        sessionId = session.sessionID
        action = "IMPORT"
        resourceType = "IMPORT"
        resourceId = session.sessionID
        status = session.status
        schemaId = session.schemaID
        schemaVersion = session.schemaVersion
        createdAt = session.createdAt
        catalogVersion = session.appliedVersion
        errorCode = session.errorCode
        errorMessage = session.errorMessage
        results = ImportResults(counts: session.counts)
        self.files = files.map { file in
            File(
                fileName: file.fileName, entity: file.entity, fileSize: file.size, sha256: file.sha256,
                archive: file.archive, results: ImportResults(counts: file.counts))
        }
    }
}
