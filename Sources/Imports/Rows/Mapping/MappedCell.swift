import Domain

/// A cell of the record that is being mapped: what it holds, or where its text lies in the row's bytes.
struct MappedCell {
    var tag = PackedRow.Tag.null
    /// Where a text lies in the `RowBytes` into which it was written.
    var start = 0
    var end = 0
    /// A number's bits.
    var bits: UInt64 = 0

    /// Nil unless it is a text.
    var text: Range<Int>? { tag == .text ? start..<end : nil }

    /// Nil unless it is a real number.
    var real: Double? { tag == .real ? Double(bitPattern: bits) : nil }
}
