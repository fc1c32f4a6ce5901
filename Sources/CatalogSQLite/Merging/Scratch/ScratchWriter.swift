import Domain

/// Carries out the orders of a `ScratchFeed`, one after the other.
struct ScratchWriter {
    private let file: ScratchFile
    private var table: ScratchTable?

    init(_ file: ScratchFile) { self.file = file }

    mutating func carryOut(_ order: ScratchOrder) throws {
        switch order {
        case .open(let name, let isImage): table = ScratchTable(file, name, isImage: isImage)
        case .steps(let bytes):
            guard var open = table.take() else { return }
            defer { table = open }
            try ScratchSteps.forEach(in: bytes) { try Self.write($0, $1, into: &open) }
        case .finish:
            try table?.finish()
            table = nil
        }
    }

    private static func write(
        _ kind: ScratchSteps.Kind, _ bytes: UnsafeRawBufferPointer, into table: inout ScratchTable
    ) throws {
        var cells = PackedRow.Reader(bytes)
        switch kind {
        case .row: try table.write(bytes)
        case .newRow: try table.insert(bytes)
        case .changedRow: try table.rewrite(&cells)
        case .change: try table.change(&cells)
        case .deletion: try table.delete(cells.nextText(), before: cells.nextText())
        }
    }
}
