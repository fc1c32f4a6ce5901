import Domain

extension PackedRow {
    /// Adds a cell to a row's bytes.
    static func append(_ cell: FieldValue, to bytes: inout [UInt8]) {
        switch cell {
        case .null: append(Cell.null, to: &bytes)
        case .text(var text): text.withUTF8 { append(Cell.text(UnsafeRawBufferPointer($0)), to: &bytes) }
        case .real(let value): append(Cell.real(value), to: &bytes)
        case .integer(let value): append(Cell.integer(value), to: &bytes)
        }
    }
}
