/// The state of an import session as its events, its status route and `srto watch` tell it.
package struct ImportProgress: Sendable, Codable, Equatable {
    /// How far one stage is. `done` never goes back.
    package struct Stage: Sendable, Codable, Equatable {
        package var name: ImportStage
        package var done: Int64
        package var total: Int64
        /// What is counted: `bytes`, `records`, `territories` or `steps`.
        package var unit: String
        /// Records that the stage has read or merged, where it works on records. Never goes back.
        package var rows: Int64?
        /// Since the stage began; only while it runs.
        package var rowsPerSecond: Double?
        /// Until the stage is done, at its speed so far; only while it runs.
        package var secondsLeft: Double?

        package init(
            name: ImportStage, done: Int64, total: Int64, unit: String, rows: Int64? = nil,
            rowsPerSecond: Double? = nil, secondsLeft: Double? = nil
        ) {
            self.name = name
            self.done = done
            self.total = total
            self.unit = unit
            self.rows = rows
            self.rowsPerSecond = rowsPerSecond
            self.secondsLeft = secondsLeft
        }
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
    /// The earlier session that has imported the same files: its effect stands, and nothing was done.
    package var sameAs: String?
    /// Whether this is the last that will be told of the session.
    package var finished: Bool

    /// The state that the session's row tells of.
    /// - Parameter stageSeconds: since the session's stage began; nil where nobody wants to know how fast it is.
    package init(of session: ImportSession, stageSeconds: Double? = nil) {
        sessionId = session.sessionID
        schemaId = session.schemaID
        status = session.status
        stage = session.stage
        results = ImportResults(counts: session.counts)
        errorCode = session.errorCode
        errorMessage = session.errorMessage
        sameAs = session.sameAs
        finished = session.isFinished
        stages = Self.stages(of: session)
        progress = session.isFinished && session.status == .completed ? 100 : Self.percent(stages)
        if let stageSeconds, !session.isFinished { tellSpeed(of: session.stage, seconds: stageSeconds) }
    }

    /// The same state with one stage as far as somebody knows better than the session's row.
    package func with(_ stage: Stage) -> ImportProgress {
        var progress = self
        progress.stages = stages.map { $0.name == stage.name ? stage : $0 }
        progress.progress = max(self.progress, Self.percent(progress.stages))
        return progress
    }

    private mutating func tellSpeed(of stage: ImportStage, seconds: Double) {
        guard let index = stages.firstIndex(where: { $0.name == stage }), seconds > 0, stages[index].done > 0,
            [.validate, .snapshots].contains(stage)
        else { return }
        let left = Double(max(0, stages[index].total - stages[index].done))
        stages[index].secondsLeft = (left * seconds / Double(stages[index].done)).toTenths
        stages[index].rowsPerSecond = stages[index].rows.map { (Double($0) / seconds).toTenths }
    }

    private static func stages(of session: ImportSession) -> [Stage] {
        let reached = ImportStage.allCases.firstIndex(of: session.stage) ?? 0
        return ImportStage.allCases.enumerated().map { position, stage in
            let passed: Int64 = position < reached || session.status == .completed ? 1 : 0
            return switch stage {
            case .upload, .schema, .resolve:
                Stage(name: stage, done: passed, total: 1, unit: "steps")
            case .merge:
                Stage(
                    name: stage, done: passed, total: 1, unit: "steps",
                    rows: passed == 1 ? Int64(session.counts.merged) : nil)
            case .validate:
                Stage(
                    name: stage, done: session.bytesDone, total: session.bytesTotal, unit: "bytes",
                    rows: Int64(session.counts.read))
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

extension Double {
    /// With one digit behind the point: more says nothing of a speed.
    package var toTenths: Double { (self * 10).rounded() / 10 }
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
    /// Rows that went, as the files no longer had them. Nil in what earlier versions told.
    package var deleted: Int?
    /// Records that were added to another one's row. Nil in what earlier versions told.
    package var combined: Int?
    package var refused: Int

    /// Results from counts.
    package init(counts: RecordCounts) {
        totalRecords = counts.read
        successCount = counts.merged
        errorCount = counts.refused
        warningCount = counts.warnings
        inserted = counts.inserted
        updated = counts.updated
        unchanged = counts.unchanged
        deleted = counts.deleted
        combined = counts.combined
        refused = counts.refused
    }
}
