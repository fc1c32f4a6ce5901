import Domain

/// What an import is to reach before the command ends.
enum ImportGoal: Sendable {
    /// The files are found good or bad; the catalog stays as it is.
    case validated
    /// The rows are in the catalog and the snapshots show them.
    case merged
}

/// How far an import is, whether an event or the status route told of it.
struct ImportStanding: Sendable, Equatable {
    var status: ImportStatus
    var stage: ImportStage
    var stages: [ImportProgress.Stage]
    /// Whether nothing more will be told.
    var isFinished: Bool
    var errorCode: String?
    var errorMessage: String?

    /// Whether the command has what it waits for, or never will.
    func isEnd(for goal: ImportGoal) -> Bool {
        isFinished || (goal == .validated && status == .validated)
    }

    /// Whether the session ended otherwise than wanted.
    var isFailure: Bool {
        switch status {
        case .failed, .cancelled, .expired, .rolledBack: true
        case .uploading, .validating, .validated, .processing, .completed: false
        }
    }
}

extension ImportStanding {
    /// What an event tells.
    init(_ progress: ImportProgress) {
        self.init(
            status: progress.status, stage: progress.stage, stages: progress.stages, isFinished: progress.finished,
            errorCode: progress.errorCode, errorMessage: progress.errorMessage)
    }
}
