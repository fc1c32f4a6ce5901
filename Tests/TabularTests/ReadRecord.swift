import Tabular

/// Everything the reader says of one record, for comparing.
struct ReadRecord: Hashable, CustomStringConvertible {
    var fields: [String]
    var line: Int
    var lineCount: Int
    var index: Int
    var offset: Int
    var defect: CSVDefect?

    var description: String {
        "#\(index) line \(line)+\(lineCount) at \(offset) \(fields) \(defect.map(\.rawValue) ?? "")"
    }

    static func all(
        _ bytes: [UInt8], range: Range<Int>? = nil, dialect: CSVDialect = CSVDialect(), firstLine: Int = 1,
        firstRecord: Int = 0
    ) -> [ReadRecord] {
        var reader = CSVReader(
            bytes, range: range, dialect: dialect, firstLine: firstLine, firstRecord: firstRecord)
        var records: [ReadRecord] = []
        while reader.next() {
            records.append(
                ReadRecord(
                    fields: (0..<reader.fieldCount).map { reader.fieldString($0) }, line: reader.line,
                    lineCount: reader.lineCount, index: reader.recordIndex, offset: reader.byteRange.lowerBound,
                    defect: reader.defect))
        }
        return records
    }

    static func fields(_ text: String, dialect: CSVDialect = CSVDialect()) -> [[String]] {
        all(Array(text.utf8), dialect: dialect).map(\.fields)
    }
}
