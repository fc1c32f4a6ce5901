import Catalog
import Domain

/// How a merge goes about one table.
struct MergeWay {
    /// Rows by which it is decided whether the scratch is to hold the whole table.
    static let sample = 4096

    /// Whether the catalog's table is gone through, or each row looked up.
    let isScan: Bool
    /// Whether the scratch is to hold the whole table, and not only what differs.
    let isImage: Bool

    /// Decides by the catalog's size and, in large merges, by how many of the first rows differ.
    /// - Parameters:
    ///   - table: that is merged into.
    ///   - first: rows of the merge, `sample` of them at least unless there are fewer.
    init(_ table: CatalogTable, _ merge: TableMerge, first: [PackedRows]) throws {
        // No further than it decides: a small merge must not count a table of millions.
        let enough = merge.expectedRows * 8
        let catalogCount = try table.count(upTo: enough + 1)
        // Rows that are missing show only to who goes through all.
        isScan = catalogCount <= enough || merge.replacement != nil
        let rows = first.reduce(0) { $0 + $1.rows.count }
        guard catalogCount > 0, isScan, rows >= Self.sample else {
            isImage = catalogCount == 0
            return
        }
        let differing = try Self.differing(table, merge, first) * merge.expectedRows / rows
        // What no longer counts in a base goes with it, where the table was counted to its end.
        let superseded = catalogCount <= enough ? try table.supersededCount() : 0
        isImage = (differing + superseded) * 3 > catalogCount
    }

    /// How many of the rows are not in the catalog as they come.
    private static func differing(_ table: CatalogTable, _ merge: TableMerge, _ batches: [PackedRows]) throws -> Int {
        var present = try CatalogRows(table, scan: true)
        var coming = ComingRow(of: merge)
        var found: [PackedRow.Cell] = []
        var differing = 0
        for batch in batches {
            try batch.forEach { bytes, source in
                let key = try coming.read(bytes, source: source)
                var finding = try present.find(key)
                while finding == .passed { finding = try present.find(key) }
                if finding == .found {
                    try present.row.read(into: &found)
                    coming.compare(found)
                    if coming.changed.isEmpty { return }
                }
                differing += 1
            }
        }
        return differing
    }
}

extension PackedRows {
    /// Calls `body` with each row, good for the length of the call, and its source.
    func forEach(_ body: (UnsafeRawBufferPointer, _ source: Int) throws -> Void) rethrows {
        try bytes.withUnsafeBytes { bytes in
            for row in rows { try body(UnsafeRawBufferPointer(rebasing: bytes[row.bytes]), row.source) }
        }
    }
}
