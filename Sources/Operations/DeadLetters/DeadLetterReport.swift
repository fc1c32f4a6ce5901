import Catalog
import Domain
import Foundation

/// A dead letter as an administrator sees it.
package struct DeadLetterReport: Sendable, Codable, Equatable {
    package var id: Int64
    package var queue: String
    /// Empty for a message that had none.
    package var jobId: String
    package var type: String
    /// What it belongs to: `import:ID` or `territory:ID`.
    package var subject: String
    package var reason: String
    package var attempts: Int
    package var traceparent: String?
    /// ISO 8601 instants, UTC.
    package var diedAt: String
    package var replayedAt: String?
    /// Whether a replay is not refused.
    package var replayable: Bool
    /// The message's body as text, cut to 4096 bytes.
    package var payload: String
    /// What it belongs to, how that stands, and what a replay would do.
    package var replay: String

    /// - Parameter session: the import session that the letter names; nil when it names none that is there.
    init(_ letter: DeadLetter, session: ImportSession?) {
        id = letter.id
        queue = letter.queue
        jobId = letter.jobID
        type = letter.type
        subject = letter.subject
        reason = letter.reason
        attempts = letter.attempts
        traceparent = letter.traceparent
        diedAt = letter.diedAt
        replayedAt = letter.replayedAt
        replayable = ReplayPlan(for: letter) == .reopen
        payload = String(decoding: letter.body.prefix(4096), as: UTF8.self)
        replay = ReplayExplanation.text(for: letter, session: session)
    }
}
