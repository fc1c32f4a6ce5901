/// The state of an import session as its events, its status route and `srto watch` tell it.
package struct ImportProgress: Sendable, Codable, Equatable {
    /// How far one stage is. `done` never goes back.
    package struct Stage: Sendable, Codable, Equatable {
        package var name: ImportStage
        package var done: Int64
        package var total: Int64
        /// What is counted: `bytes`, `records`, `territories` or `steps`.
        package var unit: String
    }

    package var sessionId: String
    package var schemaId: String
    package var status: ImportStatus
    package var stage: ImportStage
    /// Over all stages, 0...100.
    package var progress: Int
    package var stages: [Stage]
    package var results: ImportResults
    package var errorCode: String?
    package var errorMessage: String?
    /// Whether this is the last that will be told of the session.
    package var finished: Bool

    /// The state that the session's row tells of.
    package init(of session: ImportSession) {
        sessionId = session.sessionID
        schemaId = session.schemaID
        status = session.status
        stage = session.stage
        results = ImportResults(counts: session.counts)
        errorCode = session.errorCode
        errorMessage = session.errorMessage
        finished = session.isFinished
        stages = Self.stages(of: session)
        progress = session.isFinished && session.status == .completed ? 100 : Self.percent(stages)
    }

    private static func stages(of session: ImportSession) -> [Stage] {
        let reached = ImportStage.allCases.firstIndex(of: session.stage) ?? 0
        return ImportStage.allCases.enumerated().map { position, stage in
            let passed: Int64 = position < reached || session.status == .completed ? 1 : 0
            return switch stage {
            case .upload, .schema, .resolve, .merge:
                Stage(name: stage, done: passed, total: 1, unit: "steps")
            case .validate:
                Stage(name: stage, done: session.bytesDone, total: session.bytesTotal, unit: "bytes")
            case .snapshots:
                Stage(
                    name: stage, done: Int64(session.snapshotsDone), total: Int64(session.snapshotsTotal),
                    unit: "territories")
            }
        }
    }

    private static func percent(_ stages: [Stage]) -> Int {
        let shares = stages.map { $0.total > 0 ? Double($0.done) / Double($0.total) : 0 }
        return min(99, Int(shares.reduce(0, +) / Double(stages.count) * 100))
    }
}

/// The specification's `results` of an import job, and what became of each record.
package struct ImportResults: Sendable, Codable, Equatable {
    package var totalRecords: Int
    package var successCount: Int
    package var errorCount: Int
    package var warningCount: Int
    package var inserted: Int
    package var updated: Int
    package var unchanged: Int
    package var refused: Int

    /// Results from counts.
    package init(counts: RecordCounts) {
        totalRecords = counts.read
        successCount = counts.inserted + counts.updated + counts.unchanged
        errorCount = counts.refused
        warningCount = counts.warnings
        inserted = counts.inserted
        updated = counts.updated
        unchanged = counts.unchanged
        refused = counts.refused
    }
}
