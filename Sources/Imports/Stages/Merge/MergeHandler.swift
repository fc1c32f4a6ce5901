import Catalog
import Domain
import Foundation
import Jobs
import ObjectStore

/// Last stage: one catalog transaction with the rows, their history, the changed territories and the wish for their
/// snapshots, under the job's mark.
struct MergeHandler: JobHandler {
    let stages: ImportStages

    func handle(_ job: Job<MergeJob>) async throws -> Disposition {
        guard let work = try await stages.work(for: job, session: job.payload.sessionID) else { return .done }
        let chunks = try await stages.catalog.read { try $0.chunks(ofSession: job.payload.sessionID) }
        let ordered = try chunks.map { ($0, try work.entity(of: work.files[$0.fileIndex]).table) }
            .sorted { ($0.1, $0.0.ordinal) < ($1.1, $1.0.ordinal) }.map(\.0)
        do {
            try await run(job, work, ordered)
            return .done
        } catch let error as ChangedSinceValidation {
            return .dead(reason: "\(error)")
        } catch let error as StagedDataError {
            return .dead(reason: "\(error)")
        }
    }

    private func run(_ job: Job<MergeJob>, _ work: ImportStages.Work, _ chunks: [ImportChunk]) async throws {
        let pump = MergePump()
        // Telling how far it is must not hold up the transaction while Redis is away: only the newest waits to be told.
        let (merged, teller) = AsyncStream.makeStream(of: Int64.self, bufferingPolicy: .bufferingNewest(1))
        let total = Int64(work.session.counts.read - work.session.counts.refused)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await count in merged {
                    await stages.hotState.advance(.merge, ofSession: work.session.sessionID, to: count, of: total)
                }
            }
            group.addTask { await feed(pump, work, chunks, teller) }
            defer {
                pump.close()
                group.cancelAll()
            }
            try await merge(job, work, pump)
        }
    }

    func abandon(_ job: Job<MergeJob>, because reason: String) async throws {
        try await stages.abandon(session: job.payload.sessionID, because: reason)
    }

    /// Reads the staged rows in merge order, without those the resolve stage refused.
    private func feed(
        _ pump: MergePump, _ work: ImportStages.Work, _ chunks: [ImportChunk],
        _ teller: AsyncStream<Int64>.Continuation
    ) async {
        defer { teller.finish() }
        let id = work.session.sessionID
        do {
            let refusals = RefusedRows.key(session: id, version: work.session.pinnedVersion)
            let refused = try RefusedRows(try await stages.staged(refusals))
            var given: Int64 = 0
            for chunk in chunks {
                let entity = try work.entity(of: work.files[chunk.fileIndex])
                let bytes = try await stages.staged(ObjectLayout.stagedRows(session: id, chunk: chunk.ordinal))
                let left = refused.positions(inChunk: chunk.ordinal)
                let rows = try StagedRows.read(
                    bytes, table: entity.table, columns: RecordPlan.mappedColumns(of: entity)
                ).filter { !left.contains($0.position) }.map(\.row)
                given += Int64(rows.count)
                try await pump.give(MergePump.Batch(chunk: chunk, rows: rows))
                teller.yield(given)
            }
            pump.finish(.success(()))
        } catch {
            pump.finish(.failure(error))
        }
    }

    private func merge(_ job: Job<MergeJob>, _ work: ImportStages.Work, _ pump: MergePump) async throws {
        try await stages.apply(job, toSession: job.payload.sessionID) { writer, session in
            var merge = try MergeTransaction(writer, work: work)
            while let batch = try pump.take() {
                try merge.apply(batch)
            }
            try merge.finish(&session)
        }
    }
}
