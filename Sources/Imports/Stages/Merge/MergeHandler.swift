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
        let staging = ChunkStaging(stages: stages, work: work, logger: job.logger)
        do {
            for attempt in 1... {
                do {
                    try await merge(job, work, staging, trusts: attempt == 1)
                    return .done
                } catch let error as MergeOvertaken where attempt < Self.attempts {
                    job.logger.notice("the merge is prepared again", metadata: ["reason": "\(error)"])
                } catch let error where StagedDataError.isOne(error) && attempt < Self.attempts {
                    // Another run may have merged the session and cleared what was staged.
                    guard try await stages.work(for: job, session: job.payload.sessionID) != nil else { return .done }
                    try await restoreRows(work, staging)
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

    /// - Parameter trusts: whether rows that were known when they were validated need not be compared.
    private func merge(
        _ job: Job<MergeJob>, _ work: ImportStages.Work, _ staging: ChunkStaging, trusts: Bool
    ) async throws {
        let chunks = try await stages.catalog.read { try $0.chunks(ofSession: work.session.sessionID) }
        let known = try await KnownRowsCheck(stages: stages, work: work, staging: staging).run(chunks, trusts: trusts)
        let comparison = MergeComparison(stages: stages, work: work)
        let plan = try await comparison.plan(known)
        let resolved = try ResolvedKeys(
            try await stages.staged(
                ObjectLayout.resolvedKeys(session: work.session.sessionID, version: work.session.pinnedVersion)))
        let clock = ContinuousClock()
        let start = clock.now
        let total = Int64(work.session.counts.read - work.session.counts.refused)
        let (prepared, deltas) = try await comparison.run(plan) { count in
            await stages.hotState.advance(.merge, ofSession: work.session.sessionID, to: count, of: total)
        }
        defer { prepared.discard() }
        let compared = clock.now
        if let refusal = work.schema.refusal(of: zip(plan.tables, deltas).map { ($0.merge.table, $1) }) {
            return try await refuse(job, work, refusal)
        }
        try await stages.apply(job, toSession: work.session.sessionID, with: prepared) { writer, session in
            try known.demandUntouched(writer)
            let merge = try MergeTransaction(
                writer, work: work, resolved: resolved, date: plan.date, asksForGeocoding: stages.asksForGeocoding)
            try merge.apply(prepared, zip(plan.tables, deltas).map { ($0, $1) }, &session)
        }
        job.logger.info(
            "merged",
            metadata: ["compared": "\(compared - start)", "written": "\(clock.now - compared)"])
        if plan.tables.contains(where: { $0.merge.expectedRows > 0 }) { try await register(job, work, chunks) }
        await staging.discard(chunks)
    }

    /// Makes staged rows again that are lost. Those of chunks with known rows are, as they no longer count as known.
    private func restoreRows(_ work: ImportStages.Work, _ staging: ChunkStaging) async throws {
        let chunks = try await stages.catalog.read { try $0.chunks(ofSession: work.session.sessionID) }
        try await staging.restoreRows(of: chunks.filter { $0.known == nil })
    }

    /// Has what was merged known from now on. Nothing but time is lost with it: what goes wrong is told and left.
    private func register(_ job: Job<MergeJob>, _ work: ImportStages.Work, _ chunks: [ImportChunk]) async throws {
        let session = try await stages.catalog.read { try $0.session(work.session.sessionID) }
        guard let session, session.status == .completed, let version = session.appliedVersion else { return }
        do {
            try await KnownRecordsUpdate(stages: stages, work: work, version: version, logger: job.logger).run(chunks)
        } catch {
            job.logger.warning("imported records were not registered", metadata: ["reason": "\(error)"])
        }
    }

    /// Ends the session without effect, for a reason that its producer can mend.
    private func refuse(_ job: Job<MergeJob>, _ work: ImportStages.Work, _ reason: String) async throws {
        try await stages.apply(job, toSession: work.session.sessionID) { _, session in
            SessionStep.fail(
                &session, .schemaValidationFailed, "\(reason). Nothing was merged.", at: Date.now.iso8601)
        }
    }
}
