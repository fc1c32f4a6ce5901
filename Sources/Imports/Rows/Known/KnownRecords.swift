import Domain
import Tabular

/// Records that were imported without any issue and whose rows the catalog has as they say, for a file that brings them
/// again.
///
/// A record is found by 64 bits of a hash and confirmed by another 64 of its key's: that one which was changed passes for known
/// is as likely as two of so many numbers being the same.
///
/// Bytes as an object keeps them, numbers little-endian: the records in the order in which files brought them, each its print and
/// the first half of its key's hash (64 bits each); the index, as `KnownRecordsIndex` says; and a `Foot`.
struct KnownRecords: Sendable {
    /// A record as the object has it.
    struct Entry {
        let print: UInt64
        /// 0 for one that is not to be found any more.
        let keyHash: UInt64
    }

    /// What an object ends with.
    struct Foot: Equatable {
        static let bytes = 256
        private static let mark: UInt64 = 0x5352_544F_4B4E_4F33

        /// The version at which the catalog had all of the records.
        let base: Int64
        /// The session whose change made that version.
        let session: String
        let count: Int

        init(base: Int64, session: String, count: Int) {
            self.base = base
            self.session = session
            self.count = count
        }

        /// Reads the last bytes of an object.
        init(_ bytes: [UInt8]) throws(StagedDataError) {
            var reader = ByteReader(bytes)
            guard bytes.count == Self.bytes, try reader.number(UInt64.self) == Self.mark else {
                throw StagedDataError()
            }
            base = try reader.number(Int64.self)
            count = Int(try reader.number(UInt32.self))
            session = try reader.text()
        }

        /// Nil for a session whose name does not fit.
        var encoded: [UInt8]? {
            var writer = ByteWriter()
            writer.number(Self.mark)
            writer.number(base)
            writer.number(UInt32(count))
            writer.text(session)
            guard writer.bytes.count <= Self.bytes else { return nil }
            return writer.bytes + [UInt8](repeating: 0, count: Self.bytes - writer.bytes.count)
        }
    }

    static let entryBytes = 16
    /// Records that a file may have left out or changed before the index is asked for the next one.
    private static let stride = 8

    let foot: Foot
    private let shape: KnownRecordsIndex.Shape
    private var bytes: [UInt8]

    var count: Int { foot.count }

    /// What names a record: a hash of its bytes, never 0.
    static func print(of record: UnsafeRawBufferPointer) -> UInt64 { max(1, StableHash.hash64(record)) }

    /// Reads the bytes of the object.
    init(_ bytes: [UInt8]) throws(StagedDataError) {
        foot = try Foot(Array(bytes.suffix(Foot.bytes)))
        shape = KnownRecordsIndex.Shape(records: foot.count)
        guard foot.count <= KnownRecordsIndex.mostRecords,
            bytes.count == foot.count * Self.entryBytes + shape.bytes + Foot.bytes
        else { throw StagedDataError() }
        self.bytes = bytes
    }

    /// The entry at a position.
    subscript(_ position: Int) -> Entry {
        bytes.withUnsafeBytes { bytes in
            Entry(
                print: Self.print(position, in: bytes),
                keyHash: UInt64(
                    littleEndian: bytes.loadUnaligned(
                        fromByteOffset: position * Self.entryBytes + 8, as: UInt64.self)))
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
        func number(_ position: Int) -> UInt32 {
            let offset = count * Self.entryBytes + 4 * position
            return UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
        }
        let bucket = shape.bucket(of: print)
        var slot = Int(number(bucket))
        // Whatever the object holds, nothing beyond it is read.
        let end = min(Int(number(bucket + 1)), count)
        while slot < end {
            let place = KnownRecordsIndex.Place(bits: number(shape.buckets + 1 + slot))
            if place.mayBe(print), place.position < count, Self.print(place.position, in: bytes) == print {
                return place.position
            }
            slot += 1
        }
        return nil
    }

    private static func print(_ position: Int, in bytes: UnsafeRawBufferPointer) -> UInt64 {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position * entryBytes, as: UInt64.self))
    }

    /// Forgets the records with these keys.
    mutating func forget(_ keyHashes: Set<UInt64>) {
        guard !keyHashes.isEmpty else { return }
        for position in 0..<count where keyHashes.contains(self[position].keyHash) {
            let start = position * Self.entryBytes + 8
            for offset in start..<start + 8 { bytes[offset] = 0 }
        }
    }
}

extension KnownStand {
    /// What names it in an object's key.
    var name: String { "\(base)-\(at)" }
}
