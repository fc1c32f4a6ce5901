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
