package import Domain
package import Foundation

/// Reads schemas and import sessions.
package protocol ImportReader {
    /// A schema's newest version, or the one asked for.
    func schema(_ id: String, version: String?) throws -> ImportSchema?

    /// The newest version of every schema, by id.
    func schemas() throws -> [ImportSchema]

    func session(_ id: String) throws -> ImportSession?

    /// When a session last changed, and when its stage began; nil for one that is not there.
    func pace(ofSession id: String) throws -> SessionPace?

    /// A page of sessions, newest first.
    func sessions(_ query: SessionQuery) throws -> [TimedSession]

    /// The user's newest session with this content whose rows are in the catalog; nil when there is none.
    func mergedSession(of userID: String, contentKey: String) throws -> ImportSession?

    /// Changes of master data after a version, the oldest first.
    func changes(after version: Int64, limit: Int) throws -> [CatalogChange]

    /// A session's files by index.
    func files(ofSession id: String) throws -> [ImportFile]

    /// A session's chunks by ordinal.
    func chunks(ofSession id: String) throws -> [ImportChunk]

    /// Sessions in one of these statuses that nothing has changed since `instant`, oldest first.
    func sessions(
        in statuses: Set<ImportStatus>, unchangedSince instant: Date, limit: Int
    ) throws -> [ImportSession]

    /// Completed sessions that still wait for snapshots and that nothing has changed since `instant`, oldest first.
    func sessionsAwaitingSnapshots(unchangedSince instant: Date, limit: Int) throws -> [ImportSession]

    /// Territories whose snapshots a session still waits for, sorted.
    func awaitedSnapshots(ofSession id: String) throws -> [String]

    /// Sessions at their end (snapshots made), unchanged since `instant`, whose staged data was not cleared yet.
    func sessionsToClear(unchangedSince instant: Date, limit: Int) throws -> [ImportSession]
}

/// Changes schemas and import sessions.
package protocol ImportWriter {
    /// Keeps a version of a schema; an equal one that is there already is left alone. False when that version is
    /// taken by a different schema.
    func save(_ schema: ImportSchema) throws -> Bool

    /// Writes a session, new or known.
    func save(_ session: ImportSession) throws

    /// Notes which territories' snapshots a session waits for.
    func awaitSnapshots(of territories: [String], session id: String) throws

    /// Counts a snapshot that a session waits for. False when it does not, or no longer: each counts once.
    func countSnapshot(of territory: String, session id: String) throws -> Bool

    /// Notes that the object store holds nothing of the session's stages any more.
    func markCleared(session id: String) throws

    /// Writes a file, new or known.
    func save(_ file: ImportFile) throws

    /// Gives a session other files than it had.
    func replaceFiles(ofSession id: String, with files: [ImportFile]) throws

    /// Writes the chunks of a session, none of them queued; those there already are left alone.
    func insert(_ chunks: [ImportChunk], session: String) throws

    /// Takes the next chunks that were not queued yet, in input order but from at most `files` files that are
    /// under way at once, and counts them as queued.
    func takeWaitingChunks(ofSession id: String, limit: Int, filesAtOnce: Int) throws -> [ImportChunk]

    /// Marks a chunk as done, against the records that were known when it was validated. False when it was already: the join
    /// counts it once.
    func markDone(chunk ordinal: Int, ofSession id: String, known: KnownStand?) throws -> Bool
}
