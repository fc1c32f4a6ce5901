/// Numbers as SQLite's files have them: seven bits a byte, the highest first, all but the last with their top bit set; a ninth byte has
/// eight (https://www.sqlite.org/fileformat2.html#varint).
enum Varint {
    /// Bytes that a number takes.
    @inline(__always)
    static func count(_ number: UInt64) -> Int {
        if number < 0x80 { return 1 }
        return number >> 56 != 0 ? 9 : (64 - number.leadingZeroBitCount + 6) / 7
    }

    /// Writes a number and returns how many bytes it took.
    @inline(__always)
    static func write(_ number: UInt64, to bytes: UnsafeMutableRawBufferPointer, at position: Int) -> Int {
        if number < 0x80 {
            bytes[position] = UInt8(number)
            return 1
        }
        let count = count(number)
        var rest = number
        var index = count - 1
        if count == 9 {
            bytes[position + 8] = UInt8(truncatingIfNeeded: rest)
            rest >>= 8
        } else {
            bytes[position + index] = UInt8(rest & 0x7F)
            rest >>= 7
        }
        while index > 0 {
            index -= 1
            bytes[position + index] = UInt8(rest & 0x7F) | 0x80
            rest >>= 7
        }
        return count
    }

    /// Reads a number and moves on behind it; nil where the bytes end before it does.
    @inline(__always)
    static func read(_ bytes: UnsafeRawBufferPointer, at position: inout Int) -> UInt64? {
        guard position < bytes.count else { return nil }
        let first = bytes[position]
        position += 1
        if first < 0x80 { return UInt64(first) }
        var number = UInt64(first & 0x7F)
        for _ in 0..<7 {
            guard position < bytes.count else { return nil }
            let byte = bytes[position]
            position += 1
            number = number << 7 | UInt64(byte & 0x7F)
            if byte < 0x80 { return number }
        }
        guard position < bytes.count else { return nil }
        defer { position += 1 }
        return number << 8 | UInt64(bytes[position])
    }
}
