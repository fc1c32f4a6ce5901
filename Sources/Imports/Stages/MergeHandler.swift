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
        let pump = MergePump()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await feed(pump, work, ordered) }
            group.addTask {
                defer { pump.close() }
                try await merge(job, work, pump)
            }
            try await group.waitForAll()
        }
        return .done
    }

    func abandon(_ job: Job<MergeJob>, because reason: String) async throws {
        try await stages.abandon(job, session: job.payload.sessionID, because: reason)
    }

    /// Reads the staged rows in merge order, without those the resolve stage refused.
    private func feed(_ pump: MergePump, _ work: ImportStages.Work, _ chunks: [ImportChunk]) async {
        let id = work.session.sessionID
        let total = Int64(work.session.counts.read - work.session.counts.refused)
        do {
            let refused = try RefusedRows(try await stages.staged(ObjectLayout.refusals(session: id)))
            var given: Int64 = 0
            for chunk in chunks {
                let entity = try work.entity(of: work.files[chunk.fileIndex])
                let bytes = try await stages.staged(ObjectLayout.stagedRows(session: id, chunk: chunk.ordinal))
                var rows = try StagedRows.read(
                    bytes, table: entity.table, columns: RecordPlan.mappedColumns(of: entity))
                let left = refused.positions(inChunk: chunk.ordinal)
                if !left.isEmpty {
                    rows = rows.enumerated().filter { !left.contains(UInt32($0.offset)) }.map(\.element)
                }
                given += Int64(rows.count)
                try await pump.give(MergePump.Batch(chunk: chunk, rows: rows))
                await stages.hotState.advance(.merge, ofSession: id, to: given, of: total)
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
