import Domain
import GRDB

/// Carries out the orders of a `ScratchFeed`, one after the other.
final class ScratchWriter {
    private let db: Database
    private var table: ScratchTable?

    /// - Parameter db: the scratch's connection, inside a transaction.
    init(_ db: Database) { self.db = db }

    func carryOut(_ order: ScratchOrder) throws {
        switch order {
        case .open(let name, let isImage): table = try ScratchTable(db, name, isImage: isImage)
        case .steps(let bytes): try ScratchSteps.forEach(in: bytes, write)
        case .beginImage: try table?.beginImage()
        case .overlayImage: try table?.overlayImage()
        case .finish:
            try table?.finish()
            table = nil
        }
    }

    private func write(_ kind: ScratchSteps.Kind, _ cells: inout PackedRow.Reader) throws {
        switch kind {
        case .row:
            try table?.write { row in
                var column: Int32 = 0
                while !cells.isAtEnd {
                    column += 1
                    try row.bind(cells.next(), at: column)
                }
            }
        case .note: try table?.note(cells.next(), before: cells.next())
        case .deletion: try table?.delete(cells.next(), before: cells.next())
        }
    }
}
