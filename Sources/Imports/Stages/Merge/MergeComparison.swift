import Catalog
import Domain
import Foundation
import ObjectStore

/// Compares a session's staged rows with the catalog, beside all writers.
struct MergeComparison {
    let stages: ImportStages
    /// Its session has been resolved against the version that it is pinned to.
    let work: ImportStages.Work

    /// Which rows are merged into which table, and which rows of the catalog may go.
    func plan(_ known: KnownRows) async throws -> MergePlan {
        guard work.schema.replaces else {
            return try MergePlan(work, known, replacements: Replacements()) { _ in false }
        }
        let (id, version) = (work.session.sessionID, work.session.pinnedVersion)
        let replacements = try Replacements(
            try await stages.staged(ObjectLayout.replacements(session: id, version: version)))
        let rights = ImportRights(work.session.importer)
        guard !rights.everywhere else {
            return try MergePlan(work, known, replacements: replacements) { _ in true }
        }
        let hierarchy = try await stages.catalog.read { try TerritoryHierarchy(of: $0) }
        return try MergePlan(work, known, replacements: replacements) { territory in
            guard let territory else { return rights.outsideTerritories }
            return rights.include(territory.exactHash) { hierarchy.catalog[$0]?.parent }
        }
    }

    /// Compares the rows of each table of a plan.
    /// - Parameter told: is told now and then how many rows were read.
    /// - Returns: what differs, to be applied or discarded, and for each table what it comes to.
    func run(
        _ plan: MergePlan, told: @Sendable @escaping (Int64) async -> Void
    ) async throws -> (any PreparedMerge, [TableDelta]) {
        let pump = MergePump()
        // Telling how far it is must not hold up the merge while Redis is away: only the newest waits to be told.
        let (merged, teller) = AsyncStream.makeStream(of: Int64.self, bufferingPolicy: .bufferingNewest(1))
        return try await withTaskCancellationHandler {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for await count in merged { await told(count) }
                }
                group.addTask { await feed(pump, plan, teller) }
                defer {
                    pump.close()
                    group.cancelAll()
                }
                return try await stages.catalog.prepareMerge { preparation in
                    try plan.tables.map { table in
                        var delta = try preparation.compare(table.merge) { try pump.take() }
                        for (source, known) in table.known.enumerated() { delta.outcomes[source].unchanged += known }
                        return delta
                    }
                }
            }
        } onCancel: {
            pump.fail(CancellationError())
        }
    }

    /// Reads the staged rows in merge order, without those that the resolve stage refused.
    private func feed(
        _ pump: MergePump, _ plan: MergePlan, _ teller: AsyncStream<Int64>.Continuation
    ) async {
        defer { teller.finish() }
        let id = work.session.sessionID
        do {
            let refusals = RefusedRows.key(session: id, version: work.session.pinnedVersion)
            let refused = try RefusedRows(try await stages.staged(refusals))
            var given: Int64 = 0
            for table in plan.tables {
                given += table.known.reduce(0) { $0 + Int64($1) }
                var runs = try await StagedRuns(
                    table.chunks.map { chunk, source in
                        StagedRun(
                            ObjectLayout.rows(session: id, chunk: chunk.ordinal, chunk.known), of: stages.store,
                            refused: refused.positions(inChunk: chunk.ordinal), source: source,
                            ordinal: chunk.ordinal, among: table.chunks.count)
                    },
                    sums: RowSums(work.schema.sums(of: table.merge.table), columns: table.merge.columns))
                while let rows = try await runs.next() {
                    try await pump.give(rows)
                    teller.yield(given + runs.taken)
                }
                given += runs.taken
                try await pump.give(nil)
            }
        } catch {
            pump.fail(error)
        }
    }
}
