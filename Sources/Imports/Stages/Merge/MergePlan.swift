import Catalog
import Domain
import Foundation

/// Which staged rows are merged into which table, tables that others refer to first.
struct MergePlan: Sendable {
    /// The rows of one table. Its sources are the session's files of that table.
    struct Table: Sendable {
        let merge: TableMerge
        /// File index of each source.
        let files: [Int]
        let chunks: [(chunk: ImportChunk, source: Int)]
        /// By source, rows that need not be read as the catalog has them.
        let known: [Int]
    }

    let tables: [Table]
    /// ISO 8601 date of the change.
    let date: String

    /// - Parameter mayGo: whether the importer may have rows of a territory go.
    init(
        _ work: ImportStages.Work, _ known: KnownRows, replacements: Replacements,
        mayGo: @Sendable @escaping (_ territory: String?) -> Bool
    ) throws {
        let date = String(Date.now.iso8601.prefix(10))
        self.date = date
        tables = try work.filesByTable().map { table, files in
            let rows = files.reduce(0) { $0 + work.files[$1].counts.read - work.files[$1].counts.refused }
            let chunks = known.chunks.compactMap { chunk in
                files.firstIndex(of: chunk.fileIndex).map { (chunk, $0) }
            }
            var knownOfSource = [Int](repeating: 0, count: files.count)
            for (chunk, source) in chunks { knownOfSource[source] += known.counts[chunk.ordinal] ?? 0 }
            return Table(
                merge: TableMerge(
                    into: table, strategy: work.schema.deltaStrategy,
                    columns: try files.map { RecordPlan.mappedColumns(of: try work.entity(of: work.files[$0])) },
                    keptColumns: try files.map { RecordPlan.keptColumns(of: try work.entity(of: work.files[$0])) },
                    expectedRows: rows - knownOfSource.reduce(0, +), date: date,
                    replacement: replacements.of(table, work.schema, mayGo: mayGo)),
                files: files, chunks: chunks, known: knownOfSource)
        }
    }
}

extension MergePlan {
    /// The plan with those tables only whose missing rows go.
    var replacing: MergePlan { MergePlan(tables: tables.filter { $0.merge.replacement != nil }, date: date) }

    private init(tables: [Table], date: String) {
        self.tables = tables
        self.date = date
    }
}

extension Replacements {
    /// Which rows of a table go; nil when all stay.
    fileprivate func of(
        _ table: EntityTable, _ schema: ImportSchema, mayGo: @Sendable @escaping (_ territory: String?) -> Bool
    ) -> TableReplacement? {
        guard let replace = schema.fullReplace(of: table), let content = tables[table] else { return nil }
        return TableReplacement(
            scope: table.index(of: replace.scope).map { ($0, Set(content.scope.map { Array($0.utf8) })) },
            present: Set(content.present.map { Array($0.utf8) }),
            mayGo: mayGo)
    }
}

extension ImportSchema {
    /// Why a merge must not have so many rows go; nil when it may.
    func refusal(of deltas: [(table: EntityTable, delta: TableDelta)]) -> String? {
        for (table, delta) in deltas {
            guard let replace = fullReplace(of: table) else { continue }
            let few = FullReplace.fewDeletions
            let scope = delta.scopes.first { $0.deleted > few && !replace.allows($0.deleted, of: $0.inScope) }
            let (deleted, inScope) = scope.map { ($0.deleted, $0.inScope) } ?? (delta.deleted, delta.inScope)
            if scope == nil, replace.allows(deleted, of: inScope) { continue }
            let place = scope.map { " with \(replace.scope) \($0.value.cut(to: 100))" } ?? ""
            return
                "\(deleted) of \(inScope) rows of \(table.rawValue)\(place) are missing from the files and would be "
                + "deleted, more than the \(replace.maximumPercent) % that the schema allows (fullReplace)"
        }
        return nil
    }
}
