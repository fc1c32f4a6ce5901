import Domain
import Foundation

/// The surviving rows of one chunk on their way to the merge: mapped columns only, in ascending order of their keys' bytes
/// and, where keys are equal, in input order. Each row is its length in bytes, its position among the chunk's surviving
/// rows in input order (32 bits each, little-endian), and then as `PackedRow` says.
struct StagedRows {
    private struct Entry {
        /// The first eight bytes of the key, the first one highest, so that most comparisons end here.
        let prefix: UInt64
        let key: Range<Int>
        let row: Range<Int>
    }

    private var writer = ByteWriter()
    private var entries: [Entry] = []

    mutating func reserve(bytes: Int) { writer.reserve(bytes) }

    /// Adds the next row in input order, whose first column is its key.
    /// - Parameter columns: positions of the mapped columns, ascending.
    mutating func append(_ values: [FieldValue], columns: [Int]) {
        let start = writer.bytes.count
        for column in columns {
            switch values[column] {
            case .null:
                writer.number(PackedRow.Tag.null.rawValue)
            case .text(let text):
                writer.number(PackedRow.Tag.text.rawValue)
                writer.text(text)
            case .real(let number):
                writer.number(PackedRow.Tag.real.rawValue)
                writer.number(number.bitPattern)
            case .integer(let number):
                writer.number(PackedRow.Tag.integer.rawValue)
                writer.number(number)
            }
        }
        let keyStart = start + PackedRow.keyOffset
        let key = keyStart..<keyStart + (values[0].text?.utf8.count ?? 0)
        entries.append(Entry(prefix: writer.bytes.keyPrefix(key), key: key, row: start..<writer.bytes.count))
    }

    /// The bytes of the object.
    func encoded() -> [UInt8] {
        writer.bytes.withUnsafeBytes { bytes in
            let order = entries.indices.sorted { left, right in
                let (left, right) = (entries[left], entries[right])
                if left.prefix != right.prefix { return left.prefix < right.prefix }
                let order = KeyOrder.compare(
                    UnsafeRawBufferPointer(rebasing: bytes[left.key]),
                    UnsafeRawBufferPointer(rebasing: bytes[right.key]))
                return order == 0 ? left.row.lowerBound < right.row.lowerBound : order < 0
            }
            var sorted = ByteWriter()
            sorted.reserve(bytes.count + 8 * entries.count)
            for position in order {
                let row = entries[position].row
                sorted.number(UInt32(row.count + 4))
                sorted.number(UInt32(position))
                sorted.append(UnsafeRawBufferPointer(rebasing: bytes[row]))
            }
            return sorted.bytes
        }
    }

    /// Reads all rows in the order in which they were written, each in the order of `EntityTable.columns`.
    /// - Throws: `StagedDataError`.
    static func read(
        _ bytes: [UInt8], table: EntityTable, columns: [Int]
    ) throws -> [(position: UInt32, row: [FieldValue])] {
        var reader = ByteReader(bytes)
        var rows: [(position: UInt32, row: [FieldValue])] = []
        while !reader.isAtEnd {
            let count = Int(try reader.number(UInt32.self))
            let position = try reader.number(UInt32.self)
            let packed = try reader.bytes(count - 4)
            var row = [FieldValue](repeating: .null, count: table.columns.count)
            do {
                try packed.withUnsafeBytes { packed in
                    var cells = PackedRow.Reader(packed)
                    for column in columns { row[column] = try cells.next().value }
                    if !cells.isAtEnd { throw PackedRow.Damaged() }
                }
            } catch {
                throw StagedDataError()
            }
            rows.append((position, row))
        }
        return rows
    }
}

extension [UInt8] {
    /// The first eight bytes of a key that lies here, the first one highest; zeros where it is shorter.
    func keyPrefix(_ key: Range<Int>) -> UInt64 {
        var prefix: UInt64 = 0
        for offset in 0..<8 {
            prefix = prefix << 8 | (offset < key.count ? UInt64(self[key.lowerBound + offset]) : 0)
        }
        return prefix
    }
}
