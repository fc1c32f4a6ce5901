import Catalog
import Domain
import Foundation
import Jobs

/// How a session moves on: decided on values, carried out in the caller's transaction.
enum SessionStep: Equatable {
    case unchanged
    case validate
    case merge

    /// A producer asks for validation, or for validation and merge.
    /// - Throws: `RequestError` when the session ended.
    static func start(_ session: inout ImportSession, process: Bool) throws(RequestError) -> SessionStep {
        switch session.status {
        case .uploading:
            session.status = process ? .processing : .validating
            session.stage = .schema
            session.processRequested = process
            return .validate
        case .validating where process && !session.processRequested:
            session.processRequested = true
            return .unchangedButAsked
        case .validated where process:
            session.status = .processing
            session.stage = .merge
            session.processRequested = true
            return .merge
        case .validating, .validated, .processing, .completed:
            return .unchanged
        case .expired:
            throw RequestError(.sessionExpired, "session \(session.sessionID) has expired: open a new one.")
        case .failed, .cancelled, .rolledBack:
            throw RequestError(
                .sessionConflict,
                "session \(session.sessionID) is \(session.status.rawValue): open a new one with the corrected files.")
        }
    }

    /// The session's files were imported before and that effect stands: it ends, and nothing is done.
    static func end(_ session: inout ImportSession, sameAs earlier: ImportSession, at instant: String) {
        session.status = .completed
        session.stage = .snapshots
        session.processRequested = true
        session.sameAs = earlier.sessionID
        session.completedAt = instant
    }

    /// Only the wish to merge is kept; the running validation goes on to it.
    case unchangedButAsked

    /// What was validated may be merged by those whose rights it was held against, and by those who may do more everywhere:
    /// the merge looks at the same rights again.
    /// - Throws: `RequestError` (403) for anybody else.
    static func demandSameRights(_ session: ImportSession, _ user: UserContext) throws(RequestError) {
        let rights = ImportRights(user)
        guard let importer = session.importer, !rights.everywhere, rights.words != ImportRights(importer).words else {
            return
        }
        throw RequestError(
            status: 403,
            "session \(session.sessionID) was validated with the rights of \(importer.userId), which are not yours: have "
                + "\(importer.userId) process it, or open a new session with the files.")
    }

    /// Whether processing would begin something.
    static func canBegin(_ session: ImportSession) -> Bool { [.uploading, .validated].contains(session.status) }

    /// An upload comes only while the session takes uploads.
    static func demandUploading(_ session: ImportSession) throws(RequestError) {
        guard session.status == .uploading else {
            throw RequestError(
                .sessionConflict,
                "session \(session.sessionID) is \(session.status.rawValue) and its files are sealed: "
                    + "open a new session to import another version of a file.")
        }
    }

    /// Only a session that has not ended can be cancelled.
    static func demandRunning(_ session: ImportSession) throws(RequestError) {
        guard !session.status.isTerminal else {
            throw RequestError(
                .sessionConflict,
                "session \(session.sessionID) is \(session.status.rawValue): there is nothing left to cancel.")
        }
    }

    /// Only a session whose rows are in the catalog, with its snapshots made, can be rolled back.
    static func demandApplied(_ session: ImportSession) throws(RequestError) {
        guard session.status == .completed else {
            throw RequestError(
                .sessionConflict,
                "session \(session.sessionID) is \(session.status.rawValue): only a COMPLETED one can be rolled back.")
        }
        guard session.appliedVersion != nil else {
            throw RequestError(
                .sessionConflict,
                session.sameAs.map {
                    "nothing was done for session \(session.sessionID), as its files had been imported by \($0): roll that back."
                } ?? "session \(session.sessionID) changed nothing: there is nothing to take back.")
        }
        guard session.isFinished else {
            throw RequestError(
                .sessionConflict,
                "the snapshots of session \(session.sessionID) are still being made: roll it back when they are.")
        }
    }

    /// The resolve stage found the session sound: on to the merge, or rest until it is asked for.
    static func validated(_ session: inout ImportSession) -> SessionStep {
        if session.processRequested {
            session.status = .processing
            session.stage = .merge
            return .merge
        }
        session.status = .validated
        return .unchanged
    }

    /// What a session keeps of why it failed: it stands in every event and list of sessions.
    static let longestMessage = 2000

    /// The session ends without effect on master data.
    static func fail(_ session: inout ImportSession, _ code: ErrorCode, _ message: String, at instant: String) {
        session.status = .failed
        session.errorCode = code.rawValue
        session.errorMessage = message.cut(to: longestMessage)
        session.completedAt = instant
    }
}

extension CatalogWriter {
    /// Asks for the jobs of a step. Their ids are the session's and the stage's, so asking twice is asking once.
    func enqueue(_ step: SessionStep, of session: ImportSession) throws {
        let id = session.sessionID
        switch step {
        case .unchanged, .unchangedButAsked: return
        case .validate: try enqueue(ValidateSchemaJob(sessionID: id), "schema", of: session)
        case .merge: try enqueue(MergeJob(sessionID: id), "merge", of: session)
        }
    }

    /// Asks for the snapshot of a territory that a session has changed.
    /// - Parameter again: tells a repeated wish from the first one, whose job is done or lost.
    func enqueueSnapshot(
        of territory: String, version: Int64, for session: ImportSession, again: String = ""
    ) throws {
        try enqueueSnapshot(
            of: territory, version: version, session: session.sessionID, traceparent: session.traceparent, again: again)
    }

    /// Asks for a job of a session.
    func enqueue(_ payload: some JobPayload, _ name: String, of session: ImportSession) throws {
        try enqueue(
            JobRequest(
                id: "\(session.topic):\(name)", payload, about: session.topic, traceparent: session.traceparent))
    }
}
