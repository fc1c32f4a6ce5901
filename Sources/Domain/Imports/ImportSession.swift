/// A bulk import: the files one producer sends to be merged in one transaction.
package struct ImportSession: Sendable, Equatable {
    package var sessionID: String
    package var userID: String
    package var schemaID: String
    package var schemaVersion: String
    /// Who had the files sealed, with the assignments that this user had then; nil before that.
    package var importer: UserContext?
    package var status: ImportStatus
    package var stage: ImportStage
    /// Whether the producer asked for the merge and not only for validation.
    package var processRequested: Bool
    /// Version of the catalog when the files were sealed.
    package var pinnedVersion: Int64
    /// Version of the catalog that the merge made; nil before it.
    package var appliedVersion: Int64?
    package var bytesTotal: Int64
    package var bytesDone: Int64
    /// Records that the record boundaries say there are; 0 until they are known.
    package var rowsTotal: Int64
    package var chunksTotal: Int
    package var chunksDone: Int
    package var snapshotsTotal: Int
    package var snapshotsDone: Int
    package var counts: RecordCounts
    package var errorCode: String?
    package var errorMessage: String?
    /// SHA-256 over schema, version and the files' entities and hashes, hexadecimal: equal for equal imports. Nil until the
    /// files are sealed.
    package var contentKey: String?
    /// The earlier session whose effect stands, so that nothing was done for this one; nil otherwise.
    package var sameAs: String?
    /// ISO 8601 instants, UTC.
    package var createdAt: String
    package var completedAt: String?
    package var traceparent: String?

    /// A session that has just been opened.
    package init(
        sessionID: String, userID: String, schemaID: String, schemaVersion: String, createdAt: String,
        traceparent: String? = nil
    ) {
        self.sessionID = sessionID
        self.userID = userID
        self.schemaID = schemaID
        self.schemaVersion = schemaVersion
        self.status = .uploading
        self.stage = .upload
        self.processRequested = false
        self.pinnedVersion = 0
        self.bytesTotal = 0
        self.bytesDone = 0
        self.rowsTotal = 0
        self.chunksTotal = 0
        self.chunksDone = 0
        self.snapshotsTotal = 0
        self.snapshotsDone = 0
        self.counts = RecordCounts()
        self.createdAt = createdAt
        self.traceparent = traceparent
    }

    /// Whether nothing more will be told of the session: it ended, and its snapshots are made.
    package var isFinished: Bool {
        status.isTerminal && (status != .completed || snapshotsDone >= snapshotsTotal)
    }

    /// Date on which it was opened, `2026-11-24`, UTC.
    package var openedOn: String { String(createdAt.prefix(10)) }

    /// The topic under which the session's events travel.
    package var topic: Topic { .importSession(sessionID) }
}

/// A run of whole records of one file, the unit of validation.
package struct ImportChunk: Sendable, Codable, Equatable {
    /// Position in the session, over all files, in input order.
    package var ordinal: Int
    package var fileIndex: Int
    package var byteOffset: Int
    package var byteLength: Int
    /// Physical line on which it begins, 1-based.
    package var firstLine: Int
    /// Index of its first record among the file's data records.
    package var firstRecord: Int
    /// Against which known records it was validated; nil before that, and where all of its rows were staged.
    package var known: KnownStand?

    package init(
        ordinal: Int, fileIndex: Int, byteOffset: Int, byteLength: Int, firstLine: Int, firstRecord: Int,
        known: KnownStand? = nil
    ) {
        self.ordinal = ordinal
        self.fileIndex = fileIndex
        self.byteOffset = byteOffset
        self.byteLength = byteLength
        self.firstLine = firstLine
        self.firstRecord = firstRecord
        self.known = known
    }
}

/// Records whose rows the catalog has: those that were so after one change, without those whose rows others touched since.
package struct KnownStand: Sendable, Codable, Hashable {
    /// The version that the change made.
    package var base: Int64
    /// The catalog's version up to which others were looked for.
    package var at: Int64

    package init(base: Int64, at: Int64) {
        self.base = base
        self.at = at
    }
}
