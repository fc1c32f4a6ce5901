/// Bytes that stand still in memory for as long as this lives: what a plan writes into many rows.
// SAFETY: nothing writes to the memory after `init`, and it is freed with the object that owns it.
final class StillBytes: @unchecked Sendable {
    private let base: UnsafeMutableRawBufferPointer

    init(_ bytes: [UInt8]) {
        base = .allocate(byteCount: bytes.count, alignment: 16)
        base.copyBytes(from: bytes)
    }

    deinit { base.deallocate() }

    /// The bytes at `range`, which must lie within; good for as long as the object lives.
    subscript(_ range: Range<Int>) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(base)[range])
    }

    var all: UnsafeRawBufferPointer { UnsafeRawBufferPointer(base) }
}
