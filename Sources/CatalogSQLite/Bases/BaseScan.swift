import Domain
import GRDB

/// Goes through the rows of a base that count, in the order of their keys, past SQLite.
final class BaseScan {
    /// The present row's key, good until the next row.
    private(set) var key = UnsafeRawBufferPointer(start: nil, count: 0)
    private let base: OpenBase
    private let tree: TreeReader
    private let width: Int
    /// The keys of rows that no longer count, in their order.
    private let superseded: RowStatement
    private var hasSuperseded: Bool

    /// - Parameter db: a connection that has the base attached, and the catalog as `catalog`.
    /// - Throws: `DatabaseError` when the base has no such table.
    init(_ db: Database, _ base: OpenBase, catalog: String) throws {
        self.base = base
        let table = base.base.table
        tree = TreeReader(base.pages, root: try base.root(db))
        width = table.storedColumns.count
        superseded = try RowStatement(
            db, sql: "SELECT row_key FROM \(catalog).\(TableBase.superseded(table)) ORDER BY row_key")
        hasSuperseded = try superseded.step()
    }

    /// Moves to the next row; false at the end.
    func step() throws -> Bool {
        while try tree.next() {
            key = try undamaged { () throws(RecordCells.Damaged) in try RecordCells.key(tree.row) }
            if try !isSuperseded() { return true }
        }
        return false
    }

    /// The present row as `Record` says, good until the next step.
    var record: UnsafeRawBufferPointer { tree.row }

    /// The cells of the present row, good until the next step.
    func read(into cells: inout [PackedRow.Cell]) throws {
        try undamaged { () throws(RecordCells.Damaged) in try RecordCells.read(tree.row, into: &cells) }
        guard cells.count == width else { throw base.pages.damage("has a row of \(cells.count) cells, not \(width)") }
    }

    private func isSuperseded() throws -> Bool {
        while hasSuperseded {
            let order = KeyOrder.compare(superseded.text(0), key)
            if order > 0 { return false }
            hasSuperseded = try superseded.step()
            if order == 0 { return true }
        }
        return false
    }

    @inline(__always)
    private func undamaged<Value>(_ body: () throws(RecordCells.Damaged) -> Value) throws -> Value {
        do throws(RecordCells.Damaged) {
            return try body()
        } catch {
            throw base.pages.damage("has a row that cannot be read")
        }
    }
}
