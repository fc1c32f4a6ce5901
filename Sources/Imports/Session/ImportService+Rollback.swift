import Catalog
package import Domain
import Foundation
import Jobs

extension ImportService {
    /// Asks for a completed session to be taken back: its rows get their former cells, and those that it brought go. The
    /// session's state tells when that is done, or why it was refused. Asking again for one that is rolled back, or about to
    /// be, changes nothing.
    /// - Parameter isForced: whether rows that other imports changed later are taken back as well.
    /// - Throws: `RequestError`: 404 for a session that is not the user's, 409 for one that has nothing to take back.
    package func rollBack(
        session id: String, isForced: Bool, by user: UserContext
    ) async throws -> ImportProgress {
        try Self.demandImporter(user)
        _ = try await session(id, for: user)
        return try await catalog.write { writer in
            try OutboxBound(entries: limits.outboxEntries).demandRoom(writer)
            guard var session = try writer.session(id) else {
                throw RequestError(status: 404, "there is no import session \(id.prefix(100)) any more.")
            }
            if session.status == .rolledBack { return ImportProgress(of: session) }
            try SessionStep.demandApplied(session)
            if try writer.isBeingRolledBack(session) { return ImportProgress(of: session) }
            session.errorCode = nil
            session.errorMessage = nil
            try writer.save(session)
            // What still looks for coordinates of the rows would change them while they are taken back.
            try writer.cancelJobs(about: session.topic, in: Topology.queue(for: .geocode).rawValue)
            try writer.enqueue(
                RollbackJob(sessionID: id, caller: user, isForced: isForced),
                "rollback-\(UUID().uuidString.lowercased())", of: session)
            return ImportProgress(of: session)
        }
    }
}

extension EffectReader {
    /// Whether a rollback of the session has been asked for and is not done yet.
    func isBeingRolledBack(_ session: ImportSession) throws -> Bool {
        try openJobs(about: session.topic, limit: 100).contains { $0.queue == WorkQueue.importRollback.rawValue }
    }
}
