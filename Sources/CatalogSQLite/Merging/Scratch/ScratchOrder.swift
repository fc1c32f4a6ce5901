import Domain

/// What is to be written into a scratch, on its way from the thread that compares to the one that writes.
enum ScratchOrder: Sendable {
    /// The orders that follow are about this table.
    case open(EntityTable, isImage: Bool)
    /// Rows and what the history says of them, as `ScratchSteps` writes them.
    case steps([UInt8])
    /// The table is complete.
    case finish
}

/// Rows and what the history says of them as bytes: of each its kind, the bytes that follow (32 bits, little-endian), and its cells as
/// `PackedRow` has them.
enum ScratchSteps {
    /// What a step is.
    enum Kind: UInt8 {
        /// All columns of a row.
        case row
        /// The key of a new row.
        case insertion
        /// A row's key, and for each column that changes its position and the cell that it had.
        case change
        /// The key of a row that goes, and all that it was.
        case deletion
    }

    private static let headBytes = 5

    /// Writes a step.
    static func append(_ kind: Kind, _ cells: [PackedRow.Cell], to bytes: inout [UInt8]) {
        bytes.append(kind.rawValue)
        let length = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: headBytes - 1))
        PackedRow.append(cells, to: &bytes)
        let count = UInt32(bytes.count - length - headBytes + 1)
        bytes.withUnsafeMutableBytes { $0.storeBytes(of: count.littleEndian, toByteOffset: length, as: UInt32.self) }
    }

    /// Hands over each step with its cells, which are good for the length of the call.
    static func forEach(in bytes: [UInt8], _ body: (Kind, inout PackedRow.Reader) throws -> Void) throws {
        try bytes.withUnsafeBytes { bytes in
            var position = 0
            while position + headBytes <= bytes.count, let kind = Kind(rawValue: bytes[position]) {
                let start = position + headBytes
                let count = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: position + 1, as: UInt32.self))
                position = start + Int(count)
                var cells = PackedRow.Reader(UnsafeRawBufferPointer(rebasing: bytes[start..<position]))
                try body(kind, &cells)
            }
        }
    }
}
