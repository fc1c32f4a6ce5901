/// Find the record boundaries of a session's files and check their headers.
package struct ValidateSchemaJob: JobPayload, Equatable {
    package static let type = JobType.validateSchema
    package var sessionID: String

    package init(sessionID: String) { self.sessionID = sessionID }
}

/// Parse, map and check one chunk, row by row.
package struct ValidateChunkJob: JobPayload, Equatable {
    package static let type = JobType.validateChunk
    package var sessionID: String
    package var chunk: ImportChunk

    package init(sessionID: String, chunk: ImportChunk) {
        self.sessionID = sessionID
        self.chunk = chunk
    }
}

/// Check what only shows across files and catalog, and write the report.
package struct ResolveJob: JobPayload, Equatable {
    package static let type = JobType.resolve
    package var sessionID: String

    package init(sessionID: String) { self.sessionID = sessionID }
}

/// Apply a validated session to the catalog.
package struct MergeJob: JobPayload, Equatable {
    package static let type = JobType.merge
    package var sessionID: String

    package init(sessionID: String) { self.sessionID = sessionID }
}

/// Take an applied session back.
package struct RollbackJob: JobPayload, Equatable {
    package static let type = JobType.rollback
    package var sessionID: String
    /// Who asked.
    package var userID: String
    /// Who asked, with what the user may do; nil from a version that did not tell.
    package var caller: UserContext?
    /// Whether rows that other imports changed later are taken back as well.
    package var isForced: Bool

    package init(sessionID: String, caller: UserContext, isForced: Bool) {
        self.sessionID = sessionID
        self.userID = caller.userId
        self.caller = caller
        self.isForced = isForced
    }
}

/// Find coordinates for outlets that an applied session brought or changed and that have an address and none.
package struct GeocodeJob: JobPayload, Equatable {
    package static let type = JobType.geocode
    package var sessionID: String
    /// Of the catalog: the session's change.
    package var version: Int64

    package init(sessionID: String, version: Int64) {
        self.sessionID = sessionID
        self.version = version
    }
}

/// Build a territory's snapshot at `version` of the catalog or later.
package struct RegenerateSnapshotJob: JobPayload, Equatable {
    package static let type = JobType.regenerateSnapshot
    package var territoryID: String
    package var version: Int64
    /// The import session that waits for it, if one does.
    package var sessionID: String?

    package init(territoryID: String, version: Int64, sessionID: String? = nil) {
        self.territoryID = territoryID
        self.version = version
        self.sessionID = sessionID
    }
}
