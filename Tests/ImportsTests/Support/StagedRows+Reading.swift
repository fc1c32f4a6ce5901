import Domain

@testable import Imports

extension StagedRows {
    /// Reads all rows in the order in which they were written, each in the order of `EntityTable.columns`.
    /// - Throws: `StagedDataError`.
    static func read(
        _ bytes: [UInt8], table: EntityTable, columns: [Int]
    ) throws -> [(position: UInt32, row: [FieldValue])] {
        var reader = ByteReader(bytes)
        var rows: [(position: UInt32, row: [FieldValue])] = []
        while !reader.isAtEnd {
            let count = Int(try reader.number(UInt32.self))
            let position = try reader.number(UInt32.self)
            let packed = try reader.bytes(count - 4)
            var row = [FieldValue](repeating: .null, count: table.columns.count)
            do {
                try packed.withUnsafeBytes { packed in
                    var cells = PackedRow.Reader(packed)
                    for column in columns { row[column] = try cells.next().value }
                    if !cells.isAtEnd { throw PackedRow.Damaged() }
                }
            } catch {
                throw StagedDataError()
            }
            rows.append((position, row))
        }
        return rows
    }
}
