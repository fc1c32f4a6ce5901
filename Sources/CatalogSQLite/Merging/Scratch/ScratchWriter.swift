import Domain

/// Carries out the orders of a `ScratchFeed`, one after the other.
final class ScratchWriter {
    private let file: ScratchFile
    private var table: ScratchTable?

    init(_ file: ScratchFile) { self.file = file }

    func carryOut(_ order: ScratchOrder) throws {
        switch order {
        case .open(let name, let isImage): table = ScratchTable(file, name, isImage: isImage)
        case .steps(let bytes): try ScratchSteps.forEach(in: bytes, write)
        case .finish:
            try table?.finish()
            table = nil
        }
    }

    private func write(_ kind: ScratchSteps.Kind, _ bytes: UnsafeRawBufferPointer) throws {
        var cells = PackedRow.Reader(bytes)
        switch kind {
        case .row: try table?.write(bytes)
        case .insertion: try table?.note(cells.next(), before: .null)
        case .change: try table?.change(&cells)
        case .deletion: try table?.delete(cells.next(), before: cells.next())
        }
    }
}
