package import Domain
import Foundation

extension CatalogWriter {
    /// Tells of the session's state as it now is. It must have been saved.
    package func tell(_ session: ImportSession) throws {
        let pace = try pace(ofSession: session.sessionID)
        try tell(
            session.isFinished ? .importFinished : .importProgress, about: session.topic,
            state: ImportProgress(of: session, stageSeconds: pace?.stageSeconds(at: .now)),
            traceparent: session.traceparent)
    }
}
