import Domain
import Tabular

/// Records that were imported without any issue and whose rows the catalog has as they say, for a file that brings them
/// again.
///
/// A record is found by 64 bits of a hash and confirmed by another 64 of its key's: that one which was changed passes for known
/// is as likely as two of so many numbers being the same.
///
/// Bytes as an object keeps them, numbers little-endian: a head; the records in the order in which files brought them, each its
/// print and the first half of its key's hash (64 bits each); where each bucket of the index begins, and at last where the last
/// one ends (32 bits each); the index, for each record its place and eight bits of its print, in buckets by the first bits of the
/// prints (32 bits each).
struct KnownRecords: Sendable {
    /// A record as the object has it.
    struct Entry {
        let print: UInt64
        /// 0 for one that is not to be found any more.
        let keyHash: UInt64
    }

    /// As many as the index can tell apart.
    static let mostRecords = 1 << 24
    static let headBytes = 256
    static let entryBytes = 16
    /// Records that a file may have left out or changed before the index is asked for the next one.
    private static let stride = 8
    private static let mark: UInt64 = 0x5352_544F_4B4E_4F32

    /// The version at which the catalog had all of them.
    let base: Int64
    /// The session whose change made that version.
    let session: String
    let count: Int
    private let shift: UInt64
    private let startsOffset: Int
    private let indexOffset: Int
    private var bytes: [UInt8]

    /// What names a record: a hash of its bytes, never 0.
    static func print(of record: UnsafeRawBufferPointer) -> UInt64 { max(1, StableHash.hash64(record)) }

    /// Reads the bytes of the object.
    init(_ bytes: [UInt8]) throws(StagedDataError) {
        var reader = ByteReader(bytes)
        guard try reader.number(UInt64.self) == Self.mark else { throw StagedDataError() }
        base = try reader.number(Int64.self)
        count = Int(try reader.number(UInt32.self))
        session = try reader.text()
        let index = KnownRecordsIndex.Shape(records: count)
        shift = index.shift
        startsOffset = Self.headBytes + count * Self.entryBytes
        indexOffset = startsOffset + 4 * (index.buckets + 1)
        guard count <= Self.mostRecords, bytes.count == indexOffset + 4 * count else { throw StagedDataError() }
        self.bytes = bytes
    }

    /// The head of an object; nil for a session whose name does not fit.
    static func head(base: Int64, session: String, count: Int) -> [UInt8]? {
        var writer = ByteWriter()
        writer.number(mark)
        writer.number(base)
        writer.number(UInt32(count))
        writer.text(session)
        guard writer.bytes.count <= headBytes else { return nil }
        return writer.bytes + [UInt8](repeating: 0, count: headBytes - writer.bytes.count)
    }

    /// The entry at a position.
    subscript(_ position: Int) -> Entry {
        bytes.withUnsafeBytes { bytes in
            let start = Self.headBytes + position * Self.entryBytes
            return Entry(
                print: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self)),
                keyHash: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: start + 8, as: UInt64.self)))
        }
    }

    /// The first half of the hash of a record's key; nil for one that is not known.
    /// - Parameter next: where the record is looked for first, as most files come in the order of those before; it becomes the
    ///   place behind the one that is found.
    func keyHash(of print: UInt64, next: inout Int) -> UInt64? {
        let position = bytes.withUnsafeBytes { bytes -> Int? in
            for position in next..<min(next + Self.stride, count) where Self.print(position, in: bytes) == print {
                return position
            }
            return indexed(print, in: bytes)
        }
        guard let position else { return nil }
        next = position + 1
        let hash = self[position].keyHash
        return hash == 0 ? nil : hash
    }

    private func indexed(_ print: UInt64, in bytes: UnsafeRawBufferPointer) -> Int? {
        func number(_ offset: Int, _ position: Int) -> UInt32 {
            UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset + 4 * position, as: UInt32.self))
        }
        let bucket = Int(print >> shift)
        let tag = UInt32(truncatingIfNeeded: print & 0xFF)
        var slot = Int(number(startsOffset, bucket))
        // Whatever the object holds, nothing beyond it is read.
        let end = min(Int(number(startsOffset, bucket + 1)), count)
        while slot < end {
            let place = number(indexOffset, slot)
            let position = Int(place & 0xFF_FFFF)
            if place >> 24 == tag, position < count, Self.print(position, in: bytes) == print { return position }
            slot += 1
        }
        return nil
    }

    private static func print(_ position: Int, in bytes: UnsafeRawBufferPointer) -> UInt64 {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: headBytes + position * entryBytes, as: UInt64.self))
    }

    /// Forgets the records with these keys.
    mutating func forget(_ keyHashes: Set<UInt64>) {
        if !keyHashes.isEmpty { forget(where: keyHashes.contains) }
    }

    /// Forgets the records whose keys' hashes meet a condition.
    mutating func forget(where isMeant: (UInt64) -> Bool) {
        for position in 0..<count where isMeant(self[position].keyHash) {
            let start = Self.headBytes + position * Self.entryBytes + 8
            for offset in start..<start + 8 { bytes[offset] = 0 }
        }
    }
}

extension KnownStand {
    /// What names it in an object's key.
    var name: String { "\(base)-\(at)" }
}
