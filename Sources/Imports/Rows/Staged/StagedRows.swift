import Domain
import Foundation

/// The surviving rows of one chunk on their way to the merge: mapped columns only, in ascending order of their keys' bytes
/// and, where keys are equal, in input order. Each row is its length in bytes, its position among the chunk's surviving
/// rows in input order (32 bits each, little-endian), and then as `PackedRow` says.
struct StagedRows: ~Copyable {
    private struct Entry {
        let position: UInt32
        let key: Range<Int>
        let row: Range<Int>
    }

    /// A row's place among the others: eight bytes of its key, the first one highest, decide nearly always.
    private struct Place {
        let prefix: UInt64
        let entry: Int
    }

    private static let headBytes = 8

    /// The row under construction goes behind those that were kept.
    var bytes: RowBytes
    private var entries: [Entry] = []
    private var keptBytes = 0
    /// Surviving rows so far, known ones too.
    private(set) var survivors = 0

    /// - Parameter capacity: bytes that the rows may have before they are moved.
    init(capacity: Int = 1 << 12) { bytes = RowBytes(capacity: capacity) }

    var count: Int { entries.count }

    /// Keeps what was written since the last row as the next one in input order.
    /// - Parameter key: the text of its first cell.
    mutating func keep(key: Range<Int>) {
        entries.append(Entry(position: UInt32(survivors), key: key, row: keptBytes..<bytes.count))
        keptBytes = bytes.count
        survivors += 1
    }

    /// Forgets what was written since the last row, and counts it as one that survives.
    mutating func pass() {
        drop()
        survivors += 1
    }

    /// Forgets what was written since the last row.
    mutating func drop() { bytes.cut(to: keptBytes) }

    /// The bytes of the object, sealed.
    func sealed() -> [UInt8] {
        SealedBytes.seal(count: keptBytes + Self.headBytes * entries.count) { target in
            // SAFETY: each row is written behind the one before, and all of them with their heads fill the target.
            var count = 0
            for place in order() {
                let row = bytes[entries[place.entry].row]
                target.storeBytes(of: UInt32(row.count + 4).littleEndian, toByteOffset: count, as: UInt32.self)
                let position = entries[place.entry].position
                target.storeBytes(of: position.littleEndian, toByteOffset: count + 4, as: UInt32.self)
                count += Self.headBytes
                UnsafeMutableRawBufferPointer(rebasing: target[count...]).copyMemory(from: row)
                count += row.count
            }
        }
    }

    private func order() -> [Place] {
        let shared = sharedPrefix()
        let places = entries.enumerated().map { index, entry in
            Place(prefix: bytes[entry.key].prefix64(from: shared), entry: index)
        }
        return places.sorted { left, right in
            if left.prefix != right.prefix { return left.prefix < right.prefix }
            let order = KeyOrder.compare(bytes[entries[left.entry].key], bytes[entries[right.entry].key])
            return order == 0 ? left.entry < right.entry : order < 0
        }
    }

    /// How many bytes all keys have in common: `OUT-` and the like decide nothing.
    private func sharedPrefix() -> Int {
        guard let first = entries.first else { return 0 }
        let model = bytes[first.key]
        var shared = model.count
        for entry in entries where shared > 0 {
            let key = bytes[entry.key]
            shared = min(shared, key.count)
            var common = 0
            while common < shared, key[common] == model[common] { common += 1 }
            shared = common
        }
        return shared
    }
}

extension UnsafeRawBufferPointer {
    /// Eight bytes from `start` on, the first one highest; zeros where there are none.
    func prefix64(from start: Int) -> UInt64 {
        if count >= start + 8 { return UInt64(bigEndian: loadUnaligned(fromByteOffset: start, as: UInt64.self)) }
        var prefix: UInt64 = 0
        for offset in start..<start + 8 { prefix = prefix << 8 | (offset < count ? UInt64(self[offset]) : 0) }
        return prefix
    }
}
