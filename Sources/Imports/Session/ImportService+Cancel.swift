import Catalog
package import Domain
import Foundation
import Jobs

extension ImportService {
    /// Ends a session before its rows are merged: nothing of it is in the catalog, and no job of it runs any more, on any
    /// host. Cancelling it again changes nothing. Of one that is merged it ends what still looks for coordinates of its outlets.
    /// - Throws: `RequestError`: 404 for a session that is not the user's, 409 for one that ended otherwise and of which
    ///   nothing runs.
    package func cancel(session id: String, by user: UserContext) async throws -> ImportProgress {
        try Self.demandImporter(user)
        let session = try await session(id, for: user)
        if session.status == .cancelled { return ImportProgress(of: session) }
        if session.status == .completed, try await cancelGeocoding(of: session) { return ImportProgress(of: session) }
        try SessionStep.demandRunning(session)
        // Before the transaction: a merge holds the catalog until it ends, or is told to.
        try await tellWorkers(of: session)
        let cancelled = try await catalog.write { writer -> ImportSession in
            guard var session = try writer.session(id), session.status != .cancelled else { return session }
            try SessionStep.demandRunning(session)
            session.status = .cancelled
            session.errorMessage = "the session was cancelled by \(user.userId). Nothing was imported."
            session.completedAt = Date.now.iso8601
            try writer.save(session)
            try writer.cancelJobs(about: session.topic, in: nil)
            try writer.tell(session)
            return session
        }
        // And after it, for what began in between.
        try await tellWorkers(of: session)
        return ImportProgress(of: cancelled)
    }

    /// False when none is on its way.
    private func cancelGeocoding(of session: ImportSession) async throws -> Bool {
        let queue = Topology.queue(for: .geocode).rawValue
        let cancelled = try await catalog.write { try $0.cancelJobs(about: session.topic, in: queue) }
        if cancelled > 0 { try await tellWorkers(of: session) }
        return cancelled > 0
    }

    private func tellWorkers(of session: ImportSession) async throws {
        do {
            try await control.cancel(session.topic)
        } catch {
            // Workers look by themselves every few seconds; jobs that are queued find themselves cancelled anyway.
        }
    }
}
