import Catalog
import Domain

/// A row of a merge, and in what it differs from the catalog's row with its key.
///
/// A value: an object's variables would be guarded at each of the many looks at them.
struct ComingRow {
    private(set) var source = 0
    /// The columns in which the row differs from the catalog's, since `compare`.
    private(set) var changed: [Int] = []
    private let merge: TableMerge
    private let geocoded: GeocodedCells?
    /// By source, which cell of a row a column of the table is; nil for one that is not mapped.
    private let cellOfColumn: [[Int?]]
    /// By source and cell, whether a row that is there keeps what it has.
    private let isKept: [[Bool]]
    private var cells: [PackedRow.Cell] = []

    init(of merge: TableMerge) {
        self.merge = merge
        geocoded = GeocodedCells(merge.table)
        let width = merge.table.columns.count
        isKept = zip(merge.columns, merge.keptColumns).map { columns, kept in columns.map(kept.contains) }
        cellOfColumn = merge.columns.map { columns in (0..<width).map { columns.firstIndex(of: $0) } }
    }

    /// Reads the next row's cells and returns its key.
    /// - Parameter bytes: as `PackedRow` says; they must outlive what is asked of the row.
    /// - Throws: `CatalogError` when they are no row.
    mutating func read(_ bytes: UnsafeRawBufferPointer, source: Int) throws -> UnsafeRawBufferPointer {
        self.source = source
        cells.removeAll(keepingCapacity: true)
        var reader = PackedRow.Reader(bytes)
        do throws(PackedRow.Damaged) {
            for _ in merge.columns[source] { cells.append(try reader.next()) }
        } catch {
            throw CatalogError(.failed, "a row to be merged into \(merge.table.rawValue) is damaged")
        }
        guard reader.isAtEnd, case .text(let key)? = cells.first else {
            throw CatalogError(.failed, "a row to be merged into \(merge.table.rawValue) is damaged")
        }
        return key
    }

    /// What the row has for a column; null for one that is not mapped.
    func cell(_ column: Int) -> PackedRow.Cell { cellOfColumn[source][column].map { cells[$0] } ?? .null }

    /// Adds what the row has for each column of the table.
    func append(to row: inout [PackedRow.Cell]) {
        for cell in cellOfColumn[source] { row.append(cell.map { cells[$0] } ?? .null) }
    }

    /// Finds what the merge changes of the catalog's row.
    /// - Parameter present: its cells, the table's columns first.
    mutating func compare(_ present: [PackedRow.Cell]) {
        changed.removeAll(keepingCapacity: true)
        let columns = merge.columns[source]
        for position in cells.indices {
            let column = columns[position]
            if cells[position].equals(present[column]) || isKept[source][position] { continue }
            if merge.strategy == .merge, cells[position].isNull { continue }
            changed.append(column)
        }
        if let geocoded, !present[geocoded.source].isNull {
            geocoded.correct(&changed, bringsCoordinates: geocoded.coordinates.contains { !cell($0).isNull })
        }
    }
}
