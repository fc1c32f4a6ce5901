import Domain
import ObjectStore

/// What the resolve stage does for a schema with tables whose missing rows go.
struct ReplacementStage {
    let stages: ImportStages
    /// Its files' records were counted, and its session was resolved against the version that it is pinned to.
    let work: ImportStages.Work

    /// Keeps what the merge needs in order to tell which rows are missing.
    /// - Returns: warnings about files: which replacements are left out, and in a dry run how many rows each would have go.
    func run(_ resolution: Resolution, _ refused: RefusedKeys, _ chunks: [ImportChunk]) async throws -> [ImportIssue] {
        let skipped = try skipped(refused)
        let replacements = resolution.replacements(refused, keyless: Set(skipped.map(\.table)))
        let key = ObjectLayout.replacements(session: work.session.sessionID, version: work.session.pinnedVersion)
        try await stages.store.put(key, replacements.encoded())
        let foreseen = work.session.processRequested ? [] : try await foreseen(chunks)
        return (skipped.map(\.issue) + foreseen).sorted { $0.fileIndex < $1.fileIndex }
    }

    /// The replacements that are left out: of a file with records without a key nobody knows which rows they are, an error report
    /// has some of them only, and one without records is more likely a broken export than an empty table.
    private func skipped(_ refused: RefusedKeys) throws -> [(table: EntityTable, issue: ImportIssue)] {
        var skipped: [(table: EntityTable, issue: ImportIssue)] = []
        for (table, files) in try work.filesByTable() where work.schema.fullReplace(of: table) != nil {
            for file in files where refused.hides(file) {
                let reason =
                    refused.keyless[file].map { "\($0) refused records have no key that could be read" }
                    ?? "it is an error report, which has not every record"
                skipped.append((table, skippedIssue(table, file, reason)))
            }
            if files.allSatisfy({ work.files[$0].counts.read == 0 }) {
                skipped.append((table, skippedIssue(table, files[0], "there is no record")))
            }
        }
        return skipped
    }

    private func skippedIssue(_ table: EntityTable, _ file: Int, _ reason: String) -> ImportIssue {
        issue(.replaceSkipped, table, file, "\(reason): rows missing from the files were left in \(table.rawValue)")
    }

    /// How many rows a merge would have go, by comparing as it does.
    private func foreseen(_ chunks: [ImportChunk]) async throws -> [ImportIssue] {
        let comparison = MergeComparison(stages: stages, work: work)
        let plan = try await comparison.plan(KnownRows(stagedAllOf: chunks)).replacing
        let (prepared, deltas) = try await comparison.run(plan) { _ in }
        prepared.discard()
        return zip(plan.tables, deltas).compactMap { table, delta in
            guard delta.deleted > 0 else { return nil }
            let refusal = work.schema.refusal(of: [(table.merge.table, delta)])
            let message =
                "\(delta.deleted) of \(delta.inScope) rows of \(table.merge.table.rawValue) are missing from the files and "
                + "would be deleted (fullReplace)"
            return issue(.replaceDeletes, table.merge.table, table.files[0], refusal ?? message)
        }
    }

    private func issue(_ code: IssueCode, _ table: EntityTable, _ file: Int, _ message: String) -> ImportIssue {
        ImportIssue(
            .warning, code, fileIndex: file, record: -1, line: 1, column: table.primaryKey, value: "",
            message: message)
    }
}
