import Domain
import Foundation

/// Which sessions a sweep ends, and how. Values only; `SessionSweeper` carries it out.
struct SessionSweep {
    /// Sessions that have stood still for too long, and what becomes of them.
    struct Rule {
        let statuses: Set<ImportStatus>
        let patienceHours: Int
        let end: @Sendable (inout ImportSession, _ instant: String) -> Void
    }

    let rules: [Rule]
    /// Hours after which a completed session's missing snapshots are asked for once more.
    let snapshotHours: Int

    init(_ limits: ImportLimits) {
        snapshotHours = limits.stalledHours
        rules = [
            Rule(statuses: [.uploading], patienceHours: limits.uploadHours) { session, instant in
                Self.expire(&session, "its files were not processed within \(limits.uploadHours) h", at: instant)
            },
            Rule(statuses: [.validated], patienceHours: limits.validatedHours) { session, instant in
                Self.expire(&session, "it was not processed within \(limits.validatedHours) h", at: instant)
            },
            Rule(
                statuses: [.validating, .processing], patienceHours: limits.stalledHours
            ) { session, instant in
                SessionStep.fail(
                    &session, .importFailed,
                    "the stage \(session.stage.rawValue) made no progress for \(limits.stalledHours) h. Nothing was "
                        + "merged; look at `srto queues` and `srto dead list`, then start a new session.",
                    at: instant)
            },
        ]
    }

    private static func expire(_ session: inout ImportSession, _ why: String, at instant: String) {
        session.status = .expired
        session.errorCode = ErrorCode.sessionExpired.rawValue
        session.errorMessage = "the session has expired: \(why). Nothing was imported; open a new one."
        session.completedAt = instant
    }
}
