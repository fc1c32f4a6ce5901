import Domain

/// What the status route says of an import session.
struct SessionDocument: Sendable, Decodable, Equatable {
    /// One file and what became of its records.
    struct File: Sendable, Decodable, Equatable {
        var fileName: String
        var entity: String?
        /// Bytes.
        var fileSize: Int64?
        var read: Int
        var inserted: Int
        var updated: Int
        var unchanged: Int
        var refused: Int
        var warnings: Int
    }

    var sessionId: String
    var schemaId: String
    var schemaVersion: String?
    var status: ImportStatus
    var stage: ImportStage
    var stages: [ImportProgress.Stage]
    /// Whether nothing more will happen: the session ended, and its snapshots are made.
    var finished: Bool
    var results: ImportResults
    var files: [File]
    var errorCode: String?
    var errorMessage: String?
    var createdAt: String?
    var completedAt: String?
    var catalogVersion: Int64?
    /// Where the error report is; nil while there is none.
    var reportUrl: String?

    /// Whether the error report says anything.
    var hasIssues: Bool { results.refused > 0 || results.warningCount > 0 || standing.isFailure }

    /// How far it is, as events tell it.
    var standing: ImportStanding {
        ImportStanding(
            status: status, stage: stage, stages: stages, isFinished: finished, errorCode: errorCode,
            errorMessage: errorMessage)
    }
}
