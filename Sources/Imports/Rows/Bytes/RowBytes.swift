import Domain

/// Bytes that grow at their end: rows while they are written, and values on their way into one.
///
/// An array would do, were it not checked and made unique again at each of the many small appends of a row.
// SAFETY: `base` is owned by this value alone, which cannot be copied; every write first makes sure of its room, and what
// `all` and `subscript` hand out is good until the next change.
struct RowBytes: ~Copyable {
    private var base: UnsafeMutableRawPointer
    private var capacity: Int
    private(set) var count = 0

    init(capacity: Int = 256) {
        self.capacity = max(16, capacity)
        base = .allocate(byteCount: self.capacity, alignment: 16)
    }

    deinit { base.deallocate() }

    /// Everything written so far.
    var all: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

    /// What was written at `range`, which must lie within.
    subscript(_ range: Range<Int>) -> UnsafeRawBufferPointer {
        precondition(range.upperBound <= count)
        return UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count)
    }

    /// Makes room for as many more bytes.
    @inline(__always)
    mutating func reserve(_ more: Int) {
        if capacity - count < more { grow(more) }
    }

    @inline(never)
    private mutating func grow(_ more: Int) {
        let larger = max(capacity * 2, count + more)
        let moved = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 16)
        moved.copyMemory(from: base, byteCount: count)
        base.deallocate()
        base = moved
        capacity = larger
    }

    /// Forgets what was written from `count` on.
    mutating func cut(to count: Int) {
        precondition(count <= self.count)
        self.count = count
    }

    @inline(__always)
    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        reserve(bytes.count)
        if let start = bytes.baseAddress { (base + count).copyMemory(from: start, byteCount: bytes.count) }
        count += bytes.count
    }

    mutating func append(_ bytes: [UInt8]) { bytes.withUnsafeBytes { append($0) } }

    /// Appends bytes, each as `change` makes it.
    @inline(__always)
    mutating func append(_ bytes: UnsafeRawBufferPointer, _ change: (UInt8) -> UInt8) {
        reserve(bytes.count)
        for offset in 0..<bytes.count {
            base.storeBytes(of: change(bytes[offset]), toByteOffset: count + offset, as: UInt8.self)
        }
        count += bytes.count
    }

    @inline(__always)
    mutating func append(_ byte: UInt8) {
        reserve(1)
        base.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
        count += 1
    }

    @inline(__always)
    mutating func number<Number: FixedWidthInteger & BitwiseCopyable>(_ value: Number) {
        reserve(MemoryLayout<Number>.size)
        base.storeBytes(of: value.littleEndian, toByteOffset: count, as: Number.self)
        count += MemoryLayout<Number>.size
    }
}

extension RowBytes {
    /// Writes an empty cell, as `PackedRow` says.
    mutating func nullCell() -> MappedCell {
        append(PackedRow.Tag.null.rawValue)
        return MappedCell()
    }

    /// Writes a text.
    mutating func textCell(_ text: UnsafeRawBufferPointer) -> MappedCell {
        reserve(PackedRow.keyOffset + text.count)
        append(PackedRow.Tag.text.rawValue)
        number(UInt32(text.count))
        let start = count
        append(text)
        return MappedCell(tag: .text, start: start, end: count)
    }

    /// Writes a number.
    mutating func realCell(_ value: Double) -> MappedCell {
        append(PackedRow.Tag.real.rawValue)
        number(value.bitPattern)
        return MappedCell(tag: .real, bits: value.bitPattern)
    }

    /// Writes a whole number.
    mutating func integerCell(_ value: Int64) -> MappedCell {
        append(PackedRow.Tag.integer.rawValue)
        number(value)
        return MappedCell(tag: .integer, bits: UInt64(bitPattern: value))
    }
}
