import Tabular

/// Bytes in blocks that each say whether they are what was written: a power cut may leave what was not synchronised away, or a part
/// of it, or nulls in its place.
///
/// A block is as many bytes as `blockBytes` has room for and a hash of them that also tells which block it is (64 bits,
/// little-endian). The last one, of fewer bytes than others or none, tells that it is the last.
enum SealedBytes {
    static let blockBytes = 1 << 14
    private static let sealBytes = 8
    private static let room = blockBytes - sealBytes

    /// Bytes of an object that holds so many.
    static func count(sealing count: Int) -> Int { count + (count / room + 1) * sealBytes }

    /// The bytes of the object.
    static func seal(_ bytes: [UInt8]) -> [UInt8] {
        bytes.withUnsafeBytes { bytes in
            seal(count: bytes.count) { $0.copyMemory(from: bytes) }
        }
    }

    /// The bytes of an object that holds `count` bytes, which `fill` writes, all of them. In one piece of memory: chunks are large.
    static func seal(count: Int, _ fill: (UnsafeMutableRawBufferPointer) -> Void) -> [UInt8] {
        let total = self.count(sealing: count)
        return [UInt8](unsafeUninitializedCapacity: total) { buffer, filled in
            // SAFETY: what is to be sealed lies at the end, as far in as all seals are long. Each block moves ahead by the seals that
            // are still to come, so that neither it nor its seal reaches what has not moved yet.
            let target = UnsafeMutableRawBufferPointer(buffer)
            let start = total - count
            fill(UnsafeMutableRawBufferPointer(rebasing: target[start..<total]))
            for number in 0...count / room {
                let from = start + number * room
                let content = UnsafeRawBufferPointer(rebasing: target[from..<min(from + room, total)])
                let hash = seal(content, number)
                UnsafeMutableRawBufferPointer(rebasing: target[filled...]).copyMemory(from: content)
                filled += content.count
                target.storeBytes(of: hash.littleEndian, toByteOffset: filled, as: UInt64.self)
                filled += sealBytes
            }
        }
    }

    /// Reads the bytes of the object.
    static func open(_ bytes: [UInt8]) throws(StagedDataError) -> [UInt8] {
        var opener = Opener()
        var content: [UInt8] = []
        content.reserveCapacity(bytes.count)
        try opener.open(bytes, into: &content)
        guard opener.isAtEnd else { throw StagedDataError() }
        return content
    }

    /// Reads an object piece by piece.
    struct Opener {
        private var next = 0
        /// Whether the last block was read.
        private(set) var isAtEnd = false

        /// Reads the next blocks.
        /// - Parameters:
        ///   - bytes: as many whole blocks as one likes, the last one at their end or not.
        ///   - content: what they hold is added to it.
        mutating func open(_ bytes: [UInt8], into content: inout [UInt8]) throws(StagedDataError) {
            var start = 0
            while start < bytes.count {
                let end = min(start + SealedBytes.blockBytes, bytes.count)
                guard !isAtEnd, end - start >= SealedBytes.sealBytes else { throw StagedDataError() }
                let isWhole = bytes.withUnsafeBytes { bytes in
                    let block = UnsafeRawBufferPointer(rebasing: bytes[start..<end - SealedBytes.sealBytes])
                    let seal = bytes.loadUnaligned(fromByteOffset: end - SealedBytes.sealBytes, as: UInt64.self)
                    guard UInt64(littleEndian: seal) == SealedBytes.seal(block, next) else { return false }
                    content.append(contentsOf: block)
                    return true
                }
                guard isWhole else { throw StagedDataError() }
                isAtEnd = end - start < SealedBytes.blockBytes
                next += 1
                start = end
            }
        }
    }

    private static func seal(_ content: UnsafeRawBufferPointer, _ number: Int) -> UInt64 {
        StableHash.hash64(content) &+ UInt64(number + 1) &* 0x9E37_79B9_7F4A_7C15
    }
}
