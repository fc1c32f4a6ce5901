/// A 128-bit hash value.
public struct Hash128: Hashable, Sendable, Codable, Comparable, CustomStringConvertible {
    /// The first 64 bits.
    public let high: UInt64
    /// The last 64 bits.
    public let low: UInt64

    /// The value made of two halves.
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Orders as 128-bit numbers do.
    public static func < (left: Self, right: Self) -> Bool { (left.high, left.low) < (right.high, right.low) }

    /// 32 hexadecimal digits.
    public var description: String {
        [high, low].map { half in
            let digits = String(half, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}

/// A fast hash of bytes that is the same in every run and on every machine: MurmurHash3, x64, 128 bits, seed 0, by
/// Austin Appleby, who placed it in the public domain. Written here because Swift's own `Hasher` changes its seed with
/// every run.
///
/// It is not cryptographic: whoever wants to can make two inputs collide, so compare the inputs where a collision would
/// matter.
public enum StableHash {
    private static let firstFactor: UInt64 = 0x87C3_7B91_1142_53D5
    private static let secondFactor: UInt64 = 0x4CF5_AD43_2745_937F

    /// The first half of `hash128`.
    public static func hash64(_ bytes: UnsafeRawBufferPointer) -> UInt64 { hash128(bytes).high }

    /// The first half of `hash128`.
    public static func hash64(_ bytes: [UInt8]) -> UInt64 { bytes.withUnsafeBytes { hash64($0) } }

    /// The hash of the bytes; of no bytes, zero.
    public static func hash128(_ bytes: [UInt8]) -> Hash128 { bytes.withUnsafeBytes { hash128($0) } }

    /// The hash of the bytes; of no bytes, zero.
    public static func hash128(_ bytes: UnsafeRawBufferPointer) -> Hash128 {
        var first: UInt64 = 0
        var second: UInt64 = 0
        let blocksEnd = bytes.count & ~15
        var offset = 0
        while offset < blocksEnd {
            first ^= mixFirst(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
            first = (rotated(first, 27) &+ second) &* 5 &+ 0x52DC_E729
            second ^= mixSecond(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self)))
            second = (rotated(second, 31) &+ first) &* 5 &+ 0x3849_5AB5
            offset += 16
        }
        // The words that the last 0 to 15 bytes make are zero where there are none, and mixing zero changes nothing.
        second ^= mixSecond(word(bytes, from: offset + 8))
        first ^= mixFirst(word(bytes, from: offset))
        first ^= UInt64(bytes.count)
        second ^= UInt64(bytes.count)
        first &+= second
        second &+= first
        first = finalized(first)
        second = finalized(second)
        first &+= second
        second &+= first
        return Hash128(high: first, low: second)
    }

    /// Up to eight bytes from `start` on, the first one lowest.
    private static func word(_ bytes: UnsafeRawBufferPointer, from start: Int) -> UInt64 {
        var word: UInt64 = 0
        var position = min(bytes.count, start + 8)
        while position > start {
            position -= 1
            word = word << 8 | UInt64(bytes[position])
        }
        return word
    }

    @inline(__always)
    private static func mixFirst(_ word: UInt64) -> UInt64 { rotated(word &* firstFactor, 31) &* secondFactor }

    @inline(__always)
    private static func mixSecond(_ word: UInt64) -> UInt64 { rotated(word &* secondFactor, 33) &* firstFactor }

    @inline(__always)
    private static func rotated(_ word: UInt64, _ bits: UInt64) -> UInt64 { word &<< bits | word &>> (64 &- bits) }

    private static func finalized(_ word: UInt64) -> UInt64 {
        var word = word
        word ^= word &>> 33
        word = word &* 0xFF51_AFD7_ED55_8CCD
        word ^= word &>> 33
        word = word &* 0xC4CE_B9FE_1A85_EC53
        word ^= word &>> 33
        return word
    }
}
