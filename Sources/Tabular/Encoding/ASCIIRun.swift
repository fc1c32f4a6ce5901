/// Runs of ASCII, eight bytes a step.
enum ASCIIRun {
    /// The offset of the first byte at or after `start` that is 0x80 or more, or the count.
    @inline(__always)
    static func end(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        var position = start
        // SAFETY: eight bytes are loaded only where eight are left.
        while position + 8 <= bytes.count {
            let high = bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self) & 0x8080_8080_8080_8080
            if high != 0 { return position + UInt64(littleEndian: high).trailingZeroBitCount / 8 }
            position += 8
        }
        while position < bytes.count, bytes[position] < 0x80 { position += 1 }
        return position
    }
}
