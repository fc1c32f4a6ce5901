/// How a row travels as bytes, from the stage that reads it out of a file to the statement that writes it: its mapped
/// cells one after the other, each a tag and what the tag says follows. Numbers are little-endian.
///
/// | Tag | Follows |
/// |---|---|
/// | `null` | nothing |
/// | `text` | 32-bit count, that many bytes of UTF-8 |
/// | `real` | 64 bits of a `Double` |
/// | `integer` | 64-bit integer |
///
/// The first cell is the row's key and a text.
package enum PackedRow {
    /// What kind of cell follows.
    package enum Tag: UInt8, Sendable { case null, text, real, integer }

    /// Bytes before the key's text: tag and count.
    @inlinable package static var keyOffset: Int { 5 }

    /// A cell where it lies, without copying its text.
    package enum Cell {
        case null
        case text(UnsafeRawBufferPointer)
        case real(Double)
        case integer(Int64)

        /// Whether both say the same; a whole number equals the same real one.
        package func equals(_ other: Cell) -> Bool {
            switch (self, other) {
            case (.null, .null): true
            case (.text(let one), .text(let other)): KeyOrder.compare(one, other) == 0
            case (.real(let one), .real(let other)): one == other
            case (.integer(let one), .integer(let other)): one == other
            case (.real(let one), .integer(let other)): one == Double(other)
            case (.integer(let one), .real(let other)): Double(one) == other
            default: false
            }
        }

        /// Whether the cell holds nothing.
        package var isNull: Bool {
            if case .null = self { true } else { false }
        }

        /// The cell as a value of its own.
        package var value: FieldValue {
            switch self {
            case .null: .null
            case .text(let bytes): .text(String(decoding: bytes, as: UTF8.self))
            case .real(let number): .real(number)
            case .integer(let number): .integer(number)
            }
        }
    }

    /// Writes the next cell of a row.
    package static func append(_ cell: Cell, to bytes: inout [UInt8]) { append([cell], to: &bytes) }

    /// Writes the next cells of a row at once, which spares each of them a look at the array.
    package static func append(_ cells: [Cell], to bytes: inout [UInt8]) {
        var position = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: cells.reduce(0) { $0 + count(of: $1) }))
        bytes.withUnsafeMutableBytes { bytes in
            for cell in cells { write(cell, to: bytes, at: &position) }
        }
    }

    private static func count(of cell: Cell) -> Int {
        switch cell {
        case .null: 1
        case .text(let text): keyOffset + text.count
        case .real, .integer: 1 + MemoryLayout<UInt64>.size
        }
    }

    /// Writes a cell into room of its count, and moves on behind it.
    @inline(__always)
    private static func write(_ cell: Cell, to bytes: UnsafeMutableRawBufferPointer, at position: inout Int) {
        func put(_ tag: Tag, _ number: some FixedWidthInteger & BitwiseCopyable) {
            bytes[position] = tag.rawValue
            bytes.storeBytes(of: number.littleEndian, toByteOffset: position + 1, as: type(of: number))
            position += 1 + number.bitWidth / 8
        }
        switch cell {
        case .null:
            bytes[position] = Tag.null.rawValue
            position += 1
        case .text(let text):
            put(.text, UInt32(text.count))
            UnsafeMutableRawBufferPointer(rebasing: bytes[position..<position + text.count]).copyMemory(from: text)
            position += text.count
        case .real(let number): put(.real, number.bitPattern)
        case .integer(let number): put(.integer, number)
        }
    }

    /// Reads the cells of a row, in turn. Whatever the bytes hold, it never reads past them.
    package struct Reader {
        @usableFromInline let bytes: UnsafeRawBufferPointer
        @usableFromInline var position: Int

        /// - Parameter bytes: of one row; they must outlive the reader and its cells.
        @inlinable
        package init(_ bytes: UnsafeRawBufferPointer) {
            self.bytes = bytes
            position = 0
        }

        /// Whether no cell is left.
        @inlinable package var isAtEnd: Bool { position == bytes.count }

        /// What follows the cells that were read.
        package var rest: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[position...]) }

        /// The next cell.
        /// - Throws: `Damaged` when the bytes are no cell.
        @inlinable
        package mutating func next() throws(Damaged) -> Cell {
            switch Tag(rawValue: try number(UInt8.self)) {
            case .null: return .null
            case .text:
                let count = Int(try number(UInt32.self))
                guard bytes.count - position >= count else { throw Damaged() }
                defer { position += count }
                return .text(UnsafeRawBufferPointer(rebasing: bytes[position..<position + count]))
            case .real: return .real(Double(bitPattern: try number(UInt64.self)))
            case .integer: return .integer(try number(Int64.self))
            case nil: throw Damaged()
            }
        }

        @usableFromInline @inline(__always)
        mutating func number<Number: FixedWidthInteger>(_ type: Number.Type) throws(Damaged) -> Number {
            let width = MemoryLayout<Number>.size
            guard bytes.count - position >= width else { throw Damaged() }
            defer { position += width }
            return Number(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: type))
        }
    }

    /// The bytes are no row.
    package struct Damaged: Error {
        @inlinable package init() {}
    }
}
