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
        let chunks: [(ordinal: Int, source: Int)]
    }

    let tables: [Table]
    /// ISO 8601 date of the change.
    let date: String

    init(_ work: ImportStages.Work, chunks: [ImportChunk]) throws {
        let date = String(Date.now.iso8601.prefix(10))
        self.date = date
        var filesOfTable: [EntityTable: [Int]] = [:]
        for (index, file) in work.files.enumerated() {
            filesOfTable[try work.entity(of: file).table, default: []].append(index)
        }
        tables = try filesOfTable.sorted { $0.key < $1.key }.map { table, files in
            let rows = files.reduce(0) { $0 + work.files[$1].counts.read - work.files[$1].counts.refused }
            return Table(
                merge: TableMerge(
                    into: table, strategy: work.schema.deltaStrategy,
                    columns: try files.map { RecordPlan.mappedColumns(of: try work.entity(of: work.files[$0])) },
                    expectedRows: rows, date: date),
                files: files,
                chunks: chunks.compactMap { chunk in
                    files.firstIndex(of: chunk.fileIndex).map { (chunk.ordinal, $0) }
                })
        }
    }
}
