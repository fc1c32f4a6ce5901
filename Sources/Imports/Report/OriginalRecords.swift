import Tabular

/// Finds the records of one chunk by their index, in one pass over its bytes.
struct OriginalRecords {
    private var reader: CSVReader
    private let isReport: Bool
    private var isAtEnd = false

    /// - Parameter isReport: the file is a report, whose own columns are left out.
    init(_ bytes: [UInt8], layout: FileLayout, firstRecord: Int) {
        reader = CSVReader(bytes, dialect: layout.dialect, firstRecord: firstRecord)
        isReport = layout.isReport
    }

    /// The record; nil when the chunk has no such one. Each call must ask for a later record than the last.
    mutating func record(_ index: Int) -> OriginalRecord? {
        while !isAtEnd, reader.recordIndex < index {
            if !reader.next() { isAtEnd = true }
        }
        guard !isAtEnd, reader.recordIndex == index else { return nil }
        let first = isReport ? ReportFormat.columns.count : 0
        let fields = (min(first, reader.fieldCount)..<reader.fieldCount).map { field -> [UInt8] in
            let value = Self.repaired(reader.unescaped(field))
            return isReport ? value.withUnsafeBytes { Array(ReportFormat.restored($0)) } : value
        }
        let isOdd = reader.defect != nil && reader.defect != .textAfterClosingQuote
        return OriginalRecord(fields: isOdd ? [] : fields, raw: Self.repaired(Array(reader.bytes[reader.byteRange])))
    }

    /// The report is UTF-8 throughout.
    private static func repaired(_ value: [UInt8]) -> [UInt8] {
        UTF8Validation.firstFault(in: value) == nil ? value : Array(String(decoding: value, as: UTF8.self).utf8)
    }
}
