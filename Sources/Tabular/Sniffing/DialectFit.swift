/// How well a dialect fits some text.
struct DialectFit {
    static let none = DialectFit(dialect: CSVDialect(), columnCount: 1, score: -1, confidence: 0)

    let dialect: CSVDialect
    let columnCount: Int
    let score: Double
    let confidence: Double

    private init(dialect: CSVDialect, columnCount: Int, score: Double, confidence: Double) {
        self.dialect = dialect
        self.columnCount = columnCount
        self.score = score
        self.confidence = confidence
    }

    /// Counts the fields of the first records: a table has the same number in nearly all. More columns count for more,
    /// but only as their logarithm, so that one more column does not outweigh many ragged rows.
    init(_ text: [UInt8], _ dialect: CSVDialect, maximumRecords: Int) {
        var reader = CSVReader(text, dialect: dialect)
        var tally: [Int: Int] = [:]
        var records = 0
        while records < maximumRecords, reader.next() {
            records += 1
            if reader.defect == nil { tally[reader.fieldCount, default: 0] += 1 }
        }
        let usual = tally.max { ($0.value, $0.key) < ($1.value, $1.key) } ?? (key: 1, value: 0)
        let share = records == 0 ? 0 : Double(usual.value) / Double(records)
        let certainty = records > 1 ? 1 : 0.6
        // One column is what every delimiter that does not occur gives.
        let columns = usual.key
        self.init(
            dialect: dialect, columnCount: columns, score: columns > 1 ? share * share * log2(columns) : 0,
            confidence: (columns > 1 ? share : 0.4 * share) * certainty)
    }
}

/// The base-2 logarithm, to within what ranking needs: exact at powers of two, linear between.
private func log2(_ value: Int) -> Double {
    let whole = Int.bitWidth - 1 - value.leadingZeroBitCount
    return Double(whole) + Double(value - 1 << whole) / Double(1 << whole)
}
