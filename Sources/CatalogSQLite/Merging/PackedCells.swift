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

extension [PackedRow.Cell] {
    /// A row's cells by column name, as the row history keeps them.
    /// - Parameter columns: those that count; all of the table's when nil.
    func json(of table: EntityTable, columns: [Int]? = nil) -> [UInt8] {
        var json = JSONText()
        json.object { json in
            for position in columns ?? Array<Int>(table.columns.indices) {
                json.key(table.columns[position].name)
                json.value(stored: self[position])
            }
        }
        return json.bytes
    }
}

extension PackedRow.Reader {
    /// All cells of a row, good as long as its bytes.
    static func cells(_ row: UnsafeRawBufferPointer) throws(PackedRow.Damaged) -> [PackedRow.Cell] {
        var reader = Self(row)
        var cells: [PackedRow.Cell] = []
        while !reader.isAtEnd { cells.append(try reader.next()) }
        return cells
    }

    /// The next cell, which is a text.
    /// - Throws: `Damaged` when it is none.
    mutating func nextText() throws(PackedRow.Damaged) -> UnsafeRawBufferPointer {
        guard case .text(let text) = try next() else { throw PackedRow.Damaged() }
        return text
    }
}
