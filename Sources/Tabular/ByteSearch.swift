#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension UnsafePointer<UInt8> {
    /// The offset of the first `byte` in `from..<to`, or `to` when there is none.
    ///
    /// The C library's `memchr` compares 32 bytes at a time and is as fast in a debug build as in a release build,
    /// which a loop over Swift's SIMD types is not.
    // SAFETY: callers pass a range that lies in the memory behind the pointer; memchr reads nothing else.
    @inline(__always)
    func firstOffset(of byte: UInt8, from: Int, to: Int) -> Int {
        guard from < to, let hit = memchr(self + from, Int32(byte), to - from) else { return to }
        return UnsafeRawPointer(hit) - UnsafeRawPointer(self)
    }

    /// How many times `byte` occurs in `from..<to`.
    func count(of byte: UInt8, from: Int, to: Int) -> Int {
        var found = 0
        var position = firstOffset(of: byte, from: from, to: to)
        while position < to {
            found += 1
            position = firstOffset(of: byte, from: position + 1, to: to)
        }
        return found
    }
}
