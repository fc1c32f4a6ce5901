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
        while !isAtEnd, reader.recordIndex < index { isAtEnd = !reader.next(from: index) }
        guard !isAtEnd, reader.recordIndex == index else { return nil }
        var record = OriginalRecord(raw: reader.bytes[reader.byteRange])
        let isOdd = reader.defect != nil && reader.defect != .textAfterClosingQuote
        if isOdd { return record }
        // What divides fields is ASCII, so that all of them are UTF-8 when the record is.
        let isMeant = !isReport && record.isUTF8
        if isMeant, ReportWriter.takesAsIs(reader) {
            let start = reader.byteRange.lowerBound
            record.values.append(contentsOf: reader.bytes[reader.byteRange])
            for field in 0..<reader.fieldCount {
                let range = reader.field(field)
                record.fields.append(range.lowerBound - start..<range.upperBound - start)
            }
            record.isAsWritten = true
            return record
        }
        for field in min(isReport ? ReportFormat.columns.count : 0, reader.fieldCount)..<reader.fieldCount {
            let start = record.values.count
            if isMeant {
                reader.unescape(field) { record.values.append(contentsOf: $0) }
            } else {
                OriginalRecord.repaired(reader.unescaped(field)).withUnsafeBytes { value in
                    record.values.append(contentsOf: isReport ? ReportFormat.restored(value) : value)
                }
            }
            record.fields.append(start..<record.values.count)
        }
        return record
    }
}

/// A record as its file has it.
struct OriginalRecord {
    /// Its fields, without quotes; UTF-8, what was not replaced. All of it, where that is as it is written.
    fileprivate(set) var values: [UInt8] = []
    /// Where each field lies in `values`; none where its fields fit no header.
    fileprivate(set) var fields: [Range<Int>] = []
    /// Whether `values` as a whole is what the report's writer would write of the fields.
    fileprivate(set) var isAsWritten = false
    /// The record's bytes without its line end.
    private let raw: ArraySlice<UInt8>

    fileprivate init(raw: ArraySlice<UInt8>) {
        self.raw = raw
        values.reserveCapacity(raw.count)
        fields.reserveCapacity(32)
    }

    /// All of it as one text; UTF-8, what was not replaced.
    var text: [UInt8] { Self.repaired(Array(raw)) }

    fileprivate var isUTF8: Bool { raw.withUnsafeBytes { UTF8Validation.firstFault(in: $0) == nil } }

    /// The report is UTF-8 throughout.
    fileprivate static func repaired(_ value: [UInt8]) -> [UInt8] {
        UTF8Validation.firstFault(in: value) == nil ? value : Array(String(decoding: value, as: UTF8.self).utf8)
    }
}
