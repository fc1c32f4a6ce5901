package import Catalog
package import Domain
import Foundation

/// A page of the list of sessions, newest first.
package struct SessionPage: Sendable {
    /// Sessions of one page at most.
    package static let mostSessions = 200

    /// One session in short.
    package struct Entry: Sendable {
        package var progress: ImportProgress
        package var userId: String
        package var schemaVersion: String
        /// ISO 8601 instants, UTC.
        package var createdAt: String
        package var completedAt: String?
        package var ageSeconds: Double
        package var unchangedSeconds: Double
        /// What it waits for, when it has stood still for too long.
        package var waiting: SessionWait?

        init(_ timed: TimedSession, waiting: SessionWait?, at now: Date) {
            let session = timed.session
            progress = ImportProgress(of: session, stageSeconds: timed.pace.stageSeconds(at: now))
            userId = session.userID
            schemaVersion = session.schemaVersion
            createdAt = session.createdAt
            completedAt = session.completedAt
            let opened = (try? Date(iso8601: session.createdAt)) ?? timed.pace.changedAt
            ageSeconds = max(0, now.timeIntervalSince(opened)).toTenths
            unchangedSeconds = timed.pace.unchangedSeconds(at: now).toTenths
            self.waiting = waiting
        }
    }

    package var sessions: [Entry]
    /// Where the next page begins; nil at the end.
    package var next: SessionPlace?
}
