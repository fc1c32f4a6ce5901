import Domain

extension PackedRow {
    /// Adds a cell to a row's bytes.
    static func append(_ cell: FieldValue, to bytes: inout [UInt8]) {
        func number(_ value: some FixedWidthInteger) {
            withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
        }
        switch cell {
        case .null: number(Tag.null.rawValue)
        case .text(var text):
            text.withUTF8 { utf8 in
                number(Tag.text.rawValue)
                number(UInt32(utf8.count))
                bytes.append(contentsOf: utf8)
            }
        case .real(let value):
            number(Tag.real.rawValue)
            number(value.bitPattern)
        case .integer(let value):
            number(Tag.integer.rawValue)
            number(value)
        }
    }
}
