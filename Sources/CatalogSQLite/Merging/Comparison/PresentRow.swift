import Domain

/// Where rows of a table are read in turn, and the row that this stands on.
enum PresentRow {
    case statement(RowStatement)
    case base(BaseScan)

    /// Moves to the next row; false at the end.
    func step() throws -> Bool {
        switch self {
        case .statement(let rows): try rows.step()
        case .base(let rows): try rows.step()
        }
    }

    /// The row's key, good until the next row.
    var key: UnsafeRawBufferPointer {
        switch self {
        case .statement(let rows): rows.text(0)
        case .base(let rows): rows.key
        }
    }

    /// The row's cells, good until the next row.
    func read(into cells: inout [PackedRow.Cell]) throws {
        switch self {
        case .statement(let rows): rows.read(into: &cells)
        case .base(let rows): try rows.read(into: &cells)
        }
    }

    /// The row as `Record` says, good until the next row; nil where it does not lie so.
    var record: UnsafeRawBufferPointer? {
        switch self {
        case .statement: nil
        case .base(let rows): rows.record
        }
    }
}
