import Domain

/// A cell of the record that is being mapped: what it holds, or where its text lies in the row's bytes.
struct MappedCell {
    var tag = PackedRow.Tag.null
    /// Where a text lies in the `RowBytes` into which it was written.
    var start = 0
    var end = 0
    /// A number's bits.
    var bits: UInt64 = 0

    /// By pattern, here and below: `==` of another module's type is a call through a table for each of many cells.
    var isNull: Bool { if case .null = tag { true } else { false } }

    var isText: Bool { if case .text = tag { true } else { false } }

    /// Nil unless it is a text.
    var text: Range<Int>? { isText ? start..<end : nil }

    /// Nil unless it is a real number.
    var real: Double? { if case .real = tag { Double(bitPattern: bits) } else { nil } }
}
