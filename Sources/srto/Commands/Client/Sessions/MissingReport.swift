import Domain

/// Why a session has no error report: each has one from the end of its validation on, with or without issues, until it is
/// removed after its time.
enum MissingReport: Sendable, Equatable {
    /// It is not validated yet.
    case notYet
    /// Nothing was done, as an earlier session had imported the same files.
    case nothingDone(sameAs: String)
    /// It was validated, so that there was one.
    case removed
    /// It ended before it was validated.
    case neverMade

    init(of session: SessionDocument) {
        if let earlier = session.sameAs {
            self = .nothingDone(sameAs: earlier)
        } else if session.wasValidated {
            self = .removed
        } else {
            self = session.status.isTerminal ? .neverMade : .notYet
        }
    }

    /// What to tell who asked for the report of `session`.
    func error(of session: SessionDocument) -> ClientError {
        let id = session.sessionId
        let none = "session \(id) has no error report"
        return switch self {
        case .notYet:
            ClientError(
                .noReport, "\(none) yet, it is \(session.status.rawValue)",
                advice: "there is one as soon as its files are validated")
        case .nothingDone(let earlier):
            ClientError(
                .noReport, "\(none), as nothing was done: the same files were imported by \(earlier)",
                advice: "'srto session \(earlier) --report FILE' saves the report of that one")
        case .removed:
            ClientError(
                .noReport,
                "the error report of session \(id) was removed, as it is after some time (SRTO_RETENTION_UPLOADS_DAYS)",
                advice: "'srto import --dry-run' with the same files makes another")
        case .neverMade:
            ClientError(
                .noReport,
                "\(none), as it was \(session.status.rawValue) before its files were validated",
                advice: "import the files again")
        }
    }
}

extension SessionDocument {
    /// Whether its validation came to an end, so that a report was written.
    fileprivate var wasValidated: Bool {
        switch status {
        case .completed, .rolledBack, .validated: return true
        case .uploading, .validating, .processing, .failed, .cancelled, .expired: break
        }
        // Only the whole validation counts the records of each file; the session's are counted as they are read.
        if [.merge, .snapshots].contains(stage) || files.contains(where: { $0.read > 0 }) { return true }
        // What is said of files that were refused.
        return errorCode.map { Self.codesWithReport.contains($0) } ?? false
    }

    private static let codesWithReport = [
        ErrorCode.invalidFileFormat.rawValue, ErrorCode.schemaValidationFailed.rawValue,
    ]
}
