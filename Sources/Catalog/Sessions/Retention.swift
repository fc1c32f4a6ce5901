package import Domain
package import Foundation

/// Finds what has been kept for long enough.
package protocol RetentionReader {
    /// Sessions at their end, unchanged since `instant`, whose uploads and reports are still kept; the oldest first.
    func sessionsWithUploads(unchangedSince instant: Date, limit: Int) throws -> [ImportSession]
}

/// Forgets what has been kept for long enough, a bounded step at a time. Each says how much it forgot: less than `limit`
/// means that nothing more is due.
package protocol RetentionWriter {
    /// Notes that uploads and reports of a session are gone.
    func markUploadsRemoved(session id: String) throws

    /// Forgets the marks of jobs that had their effect before `instant`. Those of sessions that have not ended stay, and
    /// those whose dead letter can still be replayed.
    func forgetJobs(appliedBefore instant: Date, limit: Int) throws -> Int

    /// Forgets the history of changes whose imports ended before `instant`, the oldest first and without gaps: what is left
    /// tells of everything since some version. What came since a session that has not ended began stays. A few more rows than
    /// `limit` may go.
    /// - Returns: how many went; fewer than `limit` when nothing more is due.
    func forgetHistory(before instant: Date, limit: Int) throws -> Int

    /// Forgets what was told last of sessions that ended before `instant` and of whose change no history is left: nothing
    /// more will be told of them.
    func forgetSubjects(before instant: Date, limit: Int) throws -> Int
}
