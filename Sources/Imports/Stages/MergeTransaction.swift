import Catalog
import Domain
import Foundation
import Jobs

/// The work of a merge inside its transaction.
struct MergeTransaction {
    private let writer: any CatalogWriter
    private let work: ImportStages.Work
    private let change: MasterDataChange
    private let catalogMovedOn: Bool
    private var files: [ImportFile]
    private var mergers: [String: any RowMerger] = [:]

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
    }

    /// Writes counts, changed territories and the wish for their snapshots; ends the session.
    mutating func finish(_ session: inout ImportSession) throws {
        if catalogMovedOn { try demandReferencesStillHold() }
        var counts = session.counts
        (counts.inserted, counts.updated, counts.unchanged) = (0, 0, 0)
        for file in files {
            try writer.save(file)
            counts.inserted += file.counts.inserted
            counts.updated += file.counts.updated
            counts.unchanged += file.counts.unchanged
        }
        let territories = try writer.touch(territories: try changedTerritories(), version: change.version)
        for territory in territories {
            let topic = Topic.territory(territory)
            try writer.enqueue(
                JobRequest(
                    id: "\(topic):snapshot-\(change.version)",
                    RegenerateSnapshotJob(
                        territoryID: territory, version: change.version, sessionID: session.sessionID),
                    about: topic, traceparent: session.traceparent))
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

    /// Another change came between the resolve stage and this one: nothing that rows refer to may have gone.
    private func demandReferencesStillHold() throws {
        for relationship in work.schema.relationships ?? [] where (relationship.severity ?? .error) == .error {
            guard let from = ColumnReference(relationship.from), let to = ColumnReference(relationship.to) else {
                continue
            }
            let dangling = try writer.danglingReference(from: from.table, column: from.column, to: to.table)
            if let dangling { throw ChangedSinceValidation(table: to.table, key: dangling) }
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
