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
/// `PackedRow` has them; of a row itself what `Record` says.
enum ScratchSteps {
    /// What a step is.
    enum Kind: UInt8 {
        /// A row.
        case row
        /// A row that is new.
        case newRow
        /// A row that changes: how many of its cells do, their positions and what they shall be, and then the row as it was, which the
        /// catalog has as `Record` says.
        case changedRow
        /// A row's key, and for each column that changes its position and the cell that it had.
        case change
        /// The key of a row that goes, and all that it was.
        case deletion
    }

    private static let headBytes = 5

    /// Writes a step about a row that there was.
    /// - Parameter record: follows the cells.
    static func append(
        _ kind: Kind, of cells: [PackedRow.Cell], _ record: UnsafeRawBufferPointer? = nil, to bytes: inout [UInt8]
    ) {
        bytes.append(kind.rawValue)
        let length = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: headBytes - 1))
        PackedRow.append(cells, to: &bytes)
        if let record { bytes.append(contentsOf: record) }
        let count = UInt32(bytes.count - length - headBytes + 1)
        bytes.withUnsafeMutableBytes { $0.storeBytes(of: count.littleEndian, toByteOffset: length, as: UInt32.self) }
    }

    /// Writes a row.
    static func append(_ kind: Kind, _ row: UnsafeRawBufferPointer, to bytes: inout [UInt8]) {
        bytes.append(kind.rawValue)
        withUnsafeBytes(of: UInt32(row.count).littleEndian) { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: row)
    }

    /// Hands over what follows each step's kind, which is good for the length of the call.
    static func forEach(in bytes: [UInt8], _ body: (Kind, UnsafeRawBufferPointer) throws -> Void) throws {
        try bytes.withUnsafeBytes { bytes in
            var position = 0
            while position + headBytes <= bytes.count, let kind = Kind(rawValue: bytes[position]) {
                let start = position + headBytes
                let count = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: position + 1, as: UInt32.self))
                position = start + Int(count)
                try body(kind, UnsafeRawBufferPointer(rebasing: bytes[start..<position]))
            }
        }
    }
}
