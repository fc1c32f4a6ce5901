import Catalog
import Domain
import Foundation
import Jobs
import Tabular

/// The work of a merge inside its transaction.
struct MergeTransaction {
    private let writer: any CatalogWriter
    private let work: ImportStages.Work
    private let change: MasterDataChange
    private let catalogMovedOn: Bool
    private var files: [ImportFile]
    private var mergers: [String: any RowMerger] = [:]
    /// What merged rows refer to, by table; gathered only when the catalog has moved on since that was checked.
    private var referred: [EntityTable: Set<String>] = [:]
    /// Merged territories by the hash of their id; gathered as `referred` is.
    private var placed: [Hash128: String] = [:]

    init(_ writer: any CatalogWriter, work: ImportStages.Work) throws {
        self.writer = writer
        self.work = work
        files = try writer.files(ofSession: work.session.sessionID)
        catalogMovedOn = try writer.version() != work.session.pinnedVersion
        change = MasterDataChange(
            version: try writer.beginChange(), date: String(Date.now.iso8601.prefix(10)),
            sessionID: work.session.sessionID)
    }

    /// Merges the rows of one chunk.
    mutating func apply(_ batch: MergePump.Batch) throws {
        let name = work.files[batch.chunk.fileIndex].entity
        let entity = try work.entity(of: work.files[batch.chunk.fileIndex])
        let merger =
            try mergers[name]
            ?? writer.merger(
                into: entity.table, columns: RecordPlan.mappedColumns(of: entity),
                strategy: work.schema.deltaStrategy, change: change)
        mergers[name] = merger
        var counts = files[batch.chunk.fileIndex].counts
        for row in batch.rows {
            switch try merger.merge(row) {
            case .inserted: counts.inserted += 1
            case .updated: counts.updated += 1
            case .unchanged: counts.unchanged += 1
            case .keyExists: throw ChangedSinceValidation(table: entity.table, key: row[0].text ?? "")
            }
        }
        files[batch.chunk.fileIndex].counts = counts
        guard catalogMovedOn else { return }
        gatherReferences(of: batch.rows, in: entity.table)
        if entity.table == .territories {
            for case let id? in batch.rows.map(\.[0].text) { placed[id.exactHash] = id }
        }
    }

    private mutating func gatherReferences(of rows: [[FieldValue]], in table: EntityTable) {
        for reference in References(work.schema, from: table).all where reference.severity == .error {
            for row in rows {
                if let key = row[reference.column].text { referred[reference.target, default: []].insert(key) }
            }
        }
    }

    /// Writes counts, changed territories and the wish for their snapshots; ends the session.
    mutating func finish(_ session: inout ImportSession) throws {
        if catalogMovedOn {
            try demandReferencesStillHold()
            try demandHierarchyStillHolds()
        }
        var counts = session.counts
        (counts.inserted, counts.updated, counts.unchanged) = (0, 0, 0)
        for file in files {
            try writer.save(file)
            counts.inserted += file.counts.inserted
            counts.updated += file.counts.updated
            counts.unchanged += file.counts.unchanged
        }
        let territories = try writer.touch(territories: try changedTerritories(), version: change.version)
        try writer.awaitSnapshots(of: territories, session: session.sessionID)
        for territory in territories {
            try writer.enqueueSnapshot(of: territory, version: change.version, for: session)
        }
        session.counts = counts
        session.status = .completed
        session.stage = .snapshots
        session.appliedVersion = change.version
        session.snapshotsTotal = territories.count
        session.completedAt = Date.now.iso8601
    }

    private func changedTerritories() throws -> Set<String> {
        var changed: Set<String> = []
        for (name, merger) in mergers {
            changed.formUnion(merger.changedTerritories)
            if let table = work.schema.entities[name]?.table {
                changed.formUnion(try writer.territories(referringTo: table, keys: merger.changedKeys))
            }
        }
        return changed
    }

    /// Another change came between the resolve stage and this one: nothing that this session's rows refer to may have
    /// gone. What other rows refer to is not its matter.
    private func demandReferencesStillHold() throws {
        for (table, keys) in referred.sorted(by: { $0.key < $1.key }) {
            let gone = keys.subtracting(try writer.existing(Array(keys), in: table))
            if let key = gone.min() { throw ChangedSinceValidation(table: table, key: key) }
        }
    }

    /// Another change may have moved or levelled what this session's territories now stand above or below.
    private func demandHierarchyStillHolds() throws {
        guard !placed.isEmpty else { return }
        let hierarchy = try TerritoryHierarchy(of: writer)
        let ids = placed.values.sorted()
        var merged: [Hash128: (row: Int, place: TerritoryHierarchy.Place)] = [:]
        for (row, id) in ids.enumerated() {
            if let place = hierarchy.catalog[id.exactHash] { merged[id.exactHash] = (row, place) }
        }
        if let fault = hierarchy.faults(with: merged).first {
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
