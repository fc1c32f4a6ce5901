import Domain

/// The rows of a validated chunk on their way to the merge: mapped columns only, in input order.
enum StagedRows {
    private enum Tag: UInt8 { case null, text, real, integer }

    /// Appends one row.
    static func append(_ values: [FieldValue], columns: [Int], to writer: inout ByteWriter) {
        for column in columns {
            switch values[column] {
            case .null:
                writer.number(Tag.null.rawValue)
            case .text(let text):
                writer.number(Tag.text.rawValue)
                writer.text(text)
            case .real(let number):
                writer.number(Tag.real.rawValue)
                writer.number(number.bitPattern)
            case .integer(let number):
                writer.number(Tag.integer.rawValue)
                writer.number(number)
            }
        }
    }

    /// Reads all rows, each in the order of `EntityTable.columns`.
    static func read(_ bytes: [UInt8], table: EntityTable, columns: [Int]) throws -> [[FieldValue]] {
        var reader = ByteReader(bytes)
        var rows: [[FieldValue]] = []
        let width = table.columns.count
        while !reader.isAtEnd {
            var row = [FieldValue](repeating: .null, count: width)
            for column in columns {
                row[column] = try cell(&reader)
            }
            rows.append(row)
        }
        return rows
    }

    private static func cell(_ reader: inout ByteReader) throws(StagedDataError) -> FieldValue {
        switch Tag(rawValue: try reader.number(UInt8.self)) {
        case .null: return .null
        case .text: return .text(try reader.text())
        case .real: return .real(Double(bitPattern: try reader.number(UInt64.self)))
        case .integer: return .integer(try reader.number(Int64.self))
        case nil: throw StagedDataError()
        }
    }
}
