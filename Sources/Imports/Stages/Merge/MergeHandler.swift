import Catalog
import Domain
import Foundation
import Jobs
import ObjectStore

/// Last stage. Rows and catalog are compared beside all other writers; then one catalog transaction writes what differs,
/// its history, the changed territories and the wish for their snapshots, under the job's mark.
struct MergeHandler: JobHandler {
    /// How often others may change rows of the session while they are compared before the job is put off.
    private static let attempts = 3

    let stages: ImportStages

    func handle(_ job: Job<MergeJob>) async throws -> Disposition {
        guard let work = try await stages.work(for: job, session: job.payload.sessionID) else { return .done }
        guard try await isItsTurn(work.session) else {
            return .later(after: .seconds(1), reason: "its user's earlier imports are being merged")
        }
        do {
            for attempt in 1... {
                do {
                    try await merge(job, work)
                    return .done
                } catch let error as MergeOvertaken where attempt < Self.attempts {
                    job.logger.notice("the merge is prepared again", metadata: ["reason": "\(error)"])
                }
            }
            return .done
        } catch let error as ChangedSinceValidation {
            return .dead(reason: "\(error)")
        } catch let error as RowStillReferred {
            try await refuse(job, work, "\(error), and is missing from the files, which hold every row (fullReplace)")
            return .done
        } catch let error as StagedDataError {
            return .dead(reason: "\(error)")
        }
    }

    func abandon(_ job: Job<MergeJob>, because reason: String) async throws {
        try await stages.abandon(session: job.payload.sessionID, because: reason)
    }

    /// Whether few enough of the user's sessions came to be merged before this one. Decided on the catalog alone, so that every
    /// worker decides alike and an ended session makes room whatever ended it.
    private func isItsTurn(_ session: ImportSession) async throws -> Bool {
        let merging = try await stages.catalog.read {
            try $0.sessions(in: [.processing], unchangedSince: .distantFuture, limit: 1000)
        }
        let earlier = merging.filter { $0.userID == session.userID && $0.stage == .merge }
            .sorted { ($0.createdAt, $0.sessionID) < ($1.createdAt, $1.sessionID) }
            .prefix(stages.limits.mergesOfUser)
        return earlier.contains { $0.sessionID == session.sessionID }
    }

    private func merge(_ job: Job<MergeJob>, _ work: ImportStages.Work) async throws {
        let chunks = try await stages.catalog.read { try $0.chunks(ofSession: work.session.sessionID) }
        let plan = try await plan(work, chunks)
        let resolved = try ResolvedKeys(
            try await stages.staged(
                ObjectLayout.resolvedKeys(session: work.session.sessionID, version: work.session.pinnedVersion)))
        let clock = ContinuousClock()
        let start = clock.now
        let (prepared, deltas) = try await compare(plan, work)
        defer { prepared.discard() }
        let compared = clock.now
        if let refusal = work.schema.refusal(of: zip(plan.tables, deltas).map { ($0.merge.table, $1) }) {
            return try await refuse(job, work, refusal)
        }
        try await stages.apply(job, toSession: work.session.sessionID, with: prepared) { writer, session in
            let merge = try MergeTransaction(
                writer, work: work, resolved: resolved, date: plan.date, asksForGeocoding: stages.asksForGeocoding)
            try merge.apply(prepared, zip(plan.tables, deltas).map { ($0, $1) }, &session)
        }
        job.logger.info(
            "merged",
            metadata: ["compared": "\(compared - start)", "written": "\(clock.now - compared)"])
    }

    private func plan(_ work: ImportStages.Work, _ chunks: [ImportChunk]) async throws -> MergePlan {
        guard work.schema.replaces else {
            return try MergePlan(work, chunks: chunks, replacements: Replacements()) { _ in false }
        }
        let (id, version) = (work.session.sessionID, work.session.pinnedVersion)
        let replacements = try Replacements(
            try await stages.staged(ObjectLayout.replacements(session: id, version: version)))
        let rights = ImportRights(work.session.importer)
        guard !rights.everywhere else {
            return try MergePlan(work, chunks: chunks, replacements: replacements) { _ in true }
        }
        let hierarchy = try await stages.catalog.read { try TerritoryHierarchy(of: $0) }
        return try MergePlan(work, chunks: chunks, replacements: replacements) { territory in
            guard let territory else { return rights.outsideTerritories }
            return rights.include(territory.exactHash) { hierarchy.catalog[$0]?.parent }
        }
    }

    /// Ends the session without effect, for a reason that its producer can mend.
    private func refuse(_ job: Job<MergeJob>, _ work: ImportStages.Work, _ reason: String) async throws {
        try await stages.apply(job, toSession: work.session.sessionID) { _, session in
            SessionStep.fail(
                &session, .schemaValidationFailed, "\(reason). Nothing was merged.", at: Date.now.iso8601)
        }
    }

    private func compare(
        _ plan: MergePlan, _ work: ImportStages.Work
    ) async throws -> (any PreparedMerge, [TableDelta]) {
        let pump = MergePump()
        // Telling how far it is must not hold up the merge while Redis is away: only the newest waits to be told.
        let (merged, teller) = AsyncStream.makeStream(of: Int64.self, bufferingPolicy: .bufferingNewest(1))
        let total = Int64(work.session.counts.read - work.session.counts.refused)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await count in merged {
                    await stages.hotState.advance(.merge, ofSession: work.session.sessionID, to: count, of: total)
                }
            }
            group.addTask { await feed(pump, work, plan, teller) }
            defer {
                pump.close()
                group.cancelAll()
            }
            return try await stages.catalog.prepareMerge { preparation in
                try plan.tables.map { table in
                    try preparation.compare(table.merge) { try pump.take() }
                }
            }
        }
    }

    /// Reads the staged rows in merge order, without those that the resolve stage refused.
    private func feed(
        _ pump: MergePump, _ work: ImportStages.Work, _ plan: MergePlan, _ teller: AsyncStream<Int64>.Continuation
    ) async {
        defer { teller.finish() }
        let id = work.session.sessionID
        do {
            let refusals = RefusedRows.key(session: id, version: work.session.pinnedVersion)
            let refused = try RefusedRows(try await stages.staged(refusals))
            var given: Int64 = 0
            for table in plan.tables {
                var runs = try await StagedRuns(
                    table.chunks.map { chunk, source in
                        StagedRun(
                            ObjectLayout.stagedRows(session: id, chunk: chunk), of: stages.store,
                            refused: refused.positions(inChunk: chunk), source: source)
                    })
                while let rows = try await runs.next() {
                    given += Int64(rows.rows.count)
                    try await pump.give(rows)
                    teller.yield(given)
                }
                try await pump.give(nil)
            }
        } catch {
            pump.fail(error)
        }
    }
}
