import Domain
import Logging

/// Does the parts of a sweep apart from one another: what cannot be done is told of, waits for the next sweep, and keeps
/// nothing else from being done.
struct SweepParts: Sendable {
    let logger: Logger

    /// Does one part.
    /// - Parameter id: the session that it is about, where it is about one.
    /// - Returns: whether it was done.
    /// - Throws: `CancellationError` only: then nothing more is to be begun.
    @discardableResult
    func attempt(_ what: String, session id: String? = nil, _ part: () async throws -> Void) async throws -> Bool {
        try Task.checkCancellation()
        do {
            try await part()
            return true
        } catch {
            // A call that is cancelled may end with an error of its own.
            if error is CancellationError { throw error }
            try Task.checkCancellation()
            var metadata: Logger.Metadata = ["what": "\(what)", "reason": "\(error)"]
            if let id { metadata["session"] = "\(id)" }
            logger.warning("not swept, trying again", metadata: metadata)
            return false
        }
    }

    /// Does one part for each of the sessions that are due. Those that it cannot be done for, however many, keep it from
    /// no other.
    /// - Parameter due: up to so many sessions, always in the same order; what was done for one makes it due no longer.
    /// - Throws: `CancellationError`, and what `due` throws.
    func attemptEach(
        _ what: String, atOnce: Int, due: (_ limit: Int) async throws -> [ImportSession],
        part: (ImportSession) async throws -> Void
    ) async throws {
        var failed: Set<String> = []
        while true {
            let limit = atOnce + failed.count
            let sessions = try await due(limit)
            for session in sessions where !failed.contains(session.sessionID) {
                let isDone = try await attempt(what, session: session.sessionID) { try await part(session) }
                if !isDone { failed.insert(session.sessionID) }
            }
            if sessions.count < limit { return }
        }
    }
}
