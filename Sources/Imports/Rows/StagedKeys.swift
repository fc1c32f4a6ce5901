import Domain
import Tabular

/// What the resolve stage needs of a validated chunk's rows: keys, references, and where each row came from.
struct StagedKeys {
    /// One staged row.
    struct Row {
        /// Index among the file's data records.
        var record: UInt32
        /// Physical line, 1-based.
        var line: UInt32
        var key: String
        /// One per reference column: 0 for null, else one more than the position in `values`.
        var references: [UInt32]
    }

    /// Data records that the chunk held.
    var read = 0
    /// Of these, refused by the chunk's own checks.
    var refused = 0
    var warnings = 0
    var rows: [Row] = []
    /// Distinct texts of each reference column.
    var values: [[String]]
    private var positions: [[Hash128: UInt32]]

    init(referenceColumns: Int) {
        values = [[String]](repeating: [], count: referenceColumns)
        positions = [[Hash128: UInt32]](repeating: [:], count: referenceColumns)
    }

    /// Adds a row that passed the chunk's checks.
    mutating func append(record: Int, line: Int, values cells: [FieldValue], referenceColumns: [Int]) {
        var references: [UInt32] = []
        for (index, column) in referenceColumns.enumerated() {
            references.append(cells[column].text.map { code(of: $0, in: index) } ?? 0)
        }
        rows.append(
            Row(
                record: UInt32(clamping: record), line: UInt32(clamping: line), key: cells[0].text ?? "",
                references: references))
    }

    private mutating func code(of text: String, in index: Int) -> UInt32 {
        let hash = text.exactHash
        if let known = positions[index][hash] { return known }
        values[index].append(text)
        let code = UInt32(values[index].count)
        positions[index][hash] = code
        return code
    }

    /// The bytes of the object.
    func encoded() -> [UInt8] {
        var writer = ByteWriter()
        for count in [read, refused, warnings, values.count, rows.count] { writer.number(UInt32(clamping: count)) }
        for column in values {
            writer.number(UInt32(column.count))
            for text in column { writer.text(text) }
        }
        for row in rows {
            writer.number(row.record)
            writer.number(row.line)
            for reference in row.references { writer.number(reference) }
            writer.text(row.key)
        }
        return writer.bytes
    }

    /// Reads the bytes of the object, which must be of a table with this many reference columns.
    init(_ bytes: [UInt8], referenceColumns: Int) throws(StagedDataError) {
        var reader = ByteReader(bytes)
        read = Int(try reader.number(UInt32.self))
        refused = Int(try reader.number(UInt32.self))
        warnings = Int(try reader.number(UInt32.self))
        let columns = Int(try reader.number(UInt32.self))
        let count = Int(try reader.number(UInt32.self))
        guard columns == referenceColumns else { throw StagedDataError() }
        values = []
        positions = []
        for _ in 0..<columns {
            var texts: [String] = []
            for _ in 0..<(try reader.number(UInt32.self)) { texts.append(try reader.text()) }
            values.append(texts)
        }
        for _ in 0..<count {
            let record = try reader.number(UInt32.self)
            let line = try reader.number(UInt32.self)
            var references: [UInt32] = []
            for column in values {
                let reference = try reader.number(UInt32.self)
                guard reference <= column.count else { throw StagedDataError() }
                references.append(reference)
            }
            rows.append(Row(record: record, line: line, key: try reader.text(), references: references))
        }
        guard reader.isAtEnd else { throw StagedDataError() }
    }
}
