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
        var deleted: Int?
        var combined: Int?
        var refused: Int
        var warnings: Int
        /// How it was read; nil before that, and when it could not be.
        var format: FileReading?
    }

    /// The specification's summary of a validation.
    struct Summary: Sendable, Decodable, Equatable {
        var totalRecords: Int
        var validRecords: Int
        /// Issues, of which a record can have several.
        var errors: Int
        var warnings: Int

        private enum CodingKeys: String, CodingKey {
            case totalRecords = "total_records"
            case validRecords = "valid_records"
            case errors, warnings
        }
    }

    /// What a running session waits for.
    struct Waiting: Sendable, Decodable, Equatable {
        var reason: String
        var advice: String
    }

    var sessionId: String
    var userId: String?
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
    /// The earlier session that has imported the same files: nothing was done.
    var sameAs: String?
    /// ISO 8601 instant, UTC: when anything of it last changed.
    var changedAt: String?
    /// Whether it runs and has stood still for too long.
    var stuck: Bool?
    var waiting: Waiting?
    /// Nil before it was validated.
    var summary: Summary?
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
