package import Domain
import Foundation

extension CatalogWriter {
    /// Tells of the session's state as it now is, and enters its end in the audit. It must have been saved.
    package func tell(_ session: ImportSession) throws {
        // A merged session is told of once more with each of its snapshots, which is no other end.
        if session.status.isTerminal, session.snapshotsDone == 0 || session.status != .completed {
            let files = try files(ofSession: session.sessionID)
            if let entry = ImportAuditEntry(of: session, files: files, at: Date.now.iso8601) { try record(entry) }
        }
        let pace = try pace(ofSession: session.sessionID)
        try tell(
            session.isFinished ? .importFinished : .importProgress, about: session.topic,
            state: ImportProgress(of: session, stageSeconds: pace?.stageSeconds(at: .now)),
            traceparent: session.traceparent)
    }
}
