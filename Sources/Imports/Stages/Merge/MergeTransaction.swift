import Catalog
import Domain
import Foundation
import Jobs
import Tabular

/// The work of a merge inside its transaction.
struct MergeTransaction {
    private let writer: any CatalogWriter
    private let work: ImportStages.Work
    private let resolved: ResolvedKeys
    private let change: MasterDataChange
    private let catalogMovedOn: Bool
    private let asksForGeocoding: Bool

    /// - Parameter asksForGeocoding: whether coordinates are wanted for outlets that have none.
    init(
        _ writer: any CatalogWriter, work: ImportStages.Work, resolved: ResolvedKeys, date: String,
        asksForGeocoding: Bool
    ) throws {
        self.writer = writer
        self.work = work
        self.resolved = resolved
        self.asksForGeocoding = asksForGeocoding
        catalogMovedOn = try writer.version() != work.session.pinnedVersion
        change = MasterDataChange(
            version: try writer.beginChange(), date: date, sessionID: work.session.sessionID)
    }

    /// Writes what differs, counts, changed territories and the wish for their snapshots; ends the session.
    /// - Throws: `ChangedSinceValidation`, `MergeOvertaken`, `CatalogError`.
    func apply(
        _ prepared: any PreparedMerge, _ deltas: [(table: MergePlan.Table, delta: TableDelta)],
        _ session: inout ImportSession
    ) throws {
        for (table, delta) in deltas {
            if let key = delta.takenKey { throw ChangedSinceValidation(table: table.merge.table, key: key) }
        }
        let rights = ImportRights(work.session.importer)
        let before = catalogMovedOn && !rights.everywhere ? try TerritoryHierarchy(of: writer) : nil
        try writer.apply(prepared, change: change)
        if catalogMovedOn {
            try demandReferencesStillHold()
            try demandHierarchyStillHolds()
        }
        if let before { try demandRights(rights, over: before, deltas) }
        try count(deltas, &session)
        if asksForGeocoding { try askForGeocoding(deltas, of: session) }
        try finish(&session, try writer.changedTerritories(deltas.map { ($0.table.merge.table, $0.delta) }))
    }

    private func count(
        _ deltas: [(table: MergePlan.Table, delta: TableDelta)], _ session: inout ImportSession
    ) throws {
        var files = try writer.files(ofSession: work.session.sessionID)
        for (table, delta) in deltas {
            for (index, outcome) in zip(table.files, delta.outcomes) {
                files[index].counts.inserted = outcome.inserted
                files[index].counts.updated = outcome.updated
                files[index].counts.unchanged = outcome.unchanged
            }
            if !work.schema.sums(of: table.merge.table).isEmpty {
                for index in table.files {
                    files[index].counts.combined = 0
                    let counts = files[index].counts
                    files[index].counts.combined = counts.read - counts.refused - counts.merged
                }
            }
            // Rows that went are nobody's record; the first of the files that miss them tells.
            if let first = table.files.first { files[first].counts.deleted = delta.deleted }
        }
        var counts = session.counts
        (counts.inserted, counts.updated, counts.unchanged, counts.deleted, counts.combined) = (0, 0, 0, 0, 0)
        for file in files {
            try writer.save(file)
            counts.inserted += file.counts.inserted
            counts.updated += file.counts.updated
            counts.unchanged += file.counts.unchanged
            counts.deleted += file.counts.deleted
            counts.combined += file.counts.combined
        }
        session.counts = counts
    }

    private func askForGeocoding(
        _ deltas: [(table: MergePlan.Table, delta: TableDelta)], of session: ImportSession
    ) throws {
        let changesOutlets = deltas.contains { table, delta in
            table.merge.table == .outlets && delta.outcomes.contains { $0.inserted > 0 || $0.updated > 0 }
        }
        guard changesOutlets else { return }
        try writer.enqueue(
            GeocodeJob(sessionID: session.sessionID, version: change.version), "geocode", of: session)
    }

    private func finish(_ session: inout ImportSession, _ changed: Set<String>) throws {
        let territories = try writer.touch(territories: changed, version: change.version)
        try writer.awaitSnapshots(of: territories, session: session.sessionID)
        for territory in territories {
            try writer.enqueueSnapshot(of: territory, version: change.version, for: session)
        }
        session.status = .completed
        session.stage = .snapshots
        session.appliedVersion = change.version
        session.snapshotsTotal = territories.count
        session.completedAt = Date.now.iso8601
    }

    /// Another change came between the resolve stage and this one: nothing that this session's rows refer to may have
    /// gone. What other rows refer to is not its matter.
    private func demandReferencesStillHold() throws {
        for (table, keys) in resolved.referred.sorted(by: { $0.key < $1.key }) {
            let existing = try writer.existing(keys, in: table)
            if let key = keys.first(where: { !existing.contains($0) }) {
                throw ChangedSinceValidation(table: table, key: key)
            }
        }
    }

    /// Another change may have moved rows of this session, or territories, out of what its importer answers for.
    private func demandRights(
        _ rights: ImportRights, over before: TerritoryHierarchy,
        _ deltas: [(table: MergePlan.Table, delta: TableDelta)]
    ) throws {
        let hierarchies = [before, try TerritoryHierarchy(of: writer)]
        for (table, delta) in deltas {
            if let territory = rights.firstForbidden(delta, over: hierarchies) {
                throw ChangedSinceValidation(table: table.merge.table, key: "of territory \(territory)")
            }
        }
    }

    /// Another change may have moved or levelled what this session's territories now stand above or below.
    private func demandHierarchyStillHolds() throws {
        let ids = resolved.territories
        guard !ids.isEmpty else { return }
        if let fault = try TerritoryHierarchy(of: writer).faults(among: ids).first {
            throw ChangedSinceValidation(table: .territories, key: ids[fault.row])
        }
    }
}

/// The catalog changed between validation and merge in a way that matters; the merge is tried again and then given up.
struct ChangedSinceValidation: Error, CustomStringConvertible {
    let table: EntityTable
    let key: String

    var description: String {
        "the catalog has changed since the session was validated (\(table.rawValue) \(key)); import the files again"
    }
}
