import Domain

extension PackedRow {
    /// Writes a value as the next cell of a row.
    static func append(_ value: FieldValue, to bytes: inout [UInt8]) {
        switch value {
        case .null: append(Cell.null, to: &bytes)
        case .real(let number): append(Cell.real(number), to: &bytes)
        case .integer(let number): append(Cell.integer(number), to: &bytes)
        case .text(var text):
            // SAFETY: the bytes are copied before the text is given up.
            text.withUTF8 { append(Cell.text(UnsafeRawBufferPointer($0)), to: &bytes) }
        }
    }
}
