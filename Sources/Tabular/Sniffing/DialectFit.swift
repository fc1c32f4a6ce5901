/// How well a dialect fits some text.
struct DialectFit {
    static let none = DialectFit(dialect: CSVDialect())
    private static let maximumRecords = 500
    private static let maximumPreambleRecords = 50

    let dialect: CSVDialect
    /// How many fields most records of the table have.
    private(set) var columnCount = 1
    /// What share of the records have as many.
    private(set) var share = 0.0
    /// Records of the table that were looked at.
    private(set) var records = 0
    /// What share of the cells hold nothing that looks like another dialect's doing.
    private(set) var cleanShare = 1.0
    /// Cells that begin and end with an apostrophe.
    private(set) var cellsInApostrophes = 0
    private(set) var preambleLines = 0
    private(set) var preambleBytes = 0
    private(set) var score = -1.0

    private init(dialect: CSVDialect) { self.dialect = dialect }

    /// One record, as far as it matters here.
    private struct Row {
        let fieldCount: Int
        let filled: Int
        let clean: Int
        let isSound: Bool
        let line: Int
        let offset: Int
    }

    /// A table has the same number of fields in nearly all records, and cells that hold no other delimiter. More columns
    /// count for more, but only as their logarithm, so that one more column does not outweigh many ragged rows.
    ///
    /// - Parameters:
    ///   - weight: how readily the delimiter is believed.
    ///   - skipping: bytes in front that are known to be no record.
    init(_ text: [UInt8], _ dialect: CSVDialect, weight: Double, skipping: Int = 0) {
        self.dialect = dialect
        let skippedLines = text[..<skipping].count { $0 == dialect.terminator.byte }
        let rows = readRows(text, skipping, firstLine: 1 + skippedLines)
        preambleBytes = skipping
        preambleLines = skippedLines
        var start = 0
        columnCount = Self.usualCount(rows[...])
        let preamble = preambleCount(rows)
        if preamble > 0 {
            start = preamble
            preambleBytes = rows[start].offset
            preambleLines = rows[start].line - 1
        }
        let table = rows[start...]
        records = table.count
        guard records > 0 else { return }
        let agreeing = table.count { $0.isSound && $0.fieldCount == columnCount }
        let cells = table.reduce(0) { $0 + $1.fieldCount }
        cleanShare = cells == 0 ? 0 : Double(table.reduce(0) { $0 + $1.clean }) / Double(cells)
        share = Double(agreeing) / Double(records)
        // One column is what every delimiter that does not occur gives.
        score = columnCount > 1 ? share * share * log2(columnCount) * cleanShare * cleanShare * weight : 0
    }

    private mutating func readRows(_ text: [UInt8], _ start: Int, firstLine: Int) -> [Row] {
        var rows: [Row] = []
        var reader = CSVReader(text, range: start..<text.count, dialect: dialect, firstLine: firstLine)
        while rows.count < Self.maximumRecords, reader.next() {
            var filled = 0
            var clean = 0
            for index in 0..<reader.fieldCount {
                let range = reader.field(index)
                let isQuoted = range.lowerBound > 0 && text[range.lowerBound - 1] == dialect.quote
                let shape = CellShape(text[range], isQuoted: isQuoted, delimiter: dialect.delimiter)
                if shape.kind != .blank { filled += 1 }
                if shape.isClean { clean += 1 }
                if shape.isInApostrophes && dialect.quote != ASCII.apostrophe { cellsInApostrophes += 1 }
            }
            rows.append(
                Row(
                    fieldCount: reader.fieldCount, filled: filled, clean: clean, isSound: reader.defect == nil,
                    line: reader.line, offset: reader.byteRange.lowerBound))
        }
        return rows
    }

    /// The commonest number of fields; of two as common, the larger.
    private static func usualCount(_ rows: ArraySlice<Row>) -> Int {
        var tally: [Int: Int] = [:]
        for row in rows where row.isSound { tally[row.fieldCount, default: 0] += 1 }
        return tally.max { ($0.value, $0.key) < ($1.value, $1.key) }?.key ?? 1
    }

    /// Titles and notes above a table fill few of its columns, while the table's rows fill most.
    private func preambleCount(_ rows: [Row]) -> Int {
        guard columnCount > 1 else { return 0 }
        func isSparse(_ row: Row) -> Bool {
            row.filled * 2 <= columnCount && (row.fieldCount != columnCount || columnCount > 2)
        }
        guard let count = rows.firstIndex(where: { !isSparse($0) }), count > 0, count <= Self.maximumPreambleRecords
        else { return 0 }
        let table = rows[count...]
        return table.count(where: isSparse) * 5 <= table.count ? count : 0
    }
}

/// The base-2 logarithm, to within what ranking needs: exact at powers of two, linear between.
private func log2(_ value: Int) -> Double {
    let whole = Int.bitWidth - 1 - value.leadingZeroBitCount
    return Double(whole) + Double(value - 1 << whole) / Double(1 << whole)
}
