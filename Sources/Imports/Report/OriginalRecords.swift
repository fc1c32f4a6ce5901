import Tabular

/// Finds the records of one chunk by their index, in one pass over its bytes.
struct OriginalRecords {
    private var reader: CSVReader
    private let isReport: Bool
    private var isAtEnd = false
    /// The found record's fields, without quotes; UTF-8, what was not replaced. Empty where the record is as it is written.
    private var values: [UInt8] = []
    /// Where each field lies in `values`.
    private var fields: [Range<Int>] = []
    /// Whether the found record's bytes are what a report's writer would write of its fields.
    private(set) var isAsWritten = false

    /// - Parameter isReport: the file is a report, whose own columns are left out.
    init(_ bytes: [UInt8], layout: FileLayout, firstRecord: Int) {
        reader = CSVReader(bytes, dialect: layout.dialect, firstRecord: firstRecord)
        isReport = layout.isReport
    }

    /// Where no record is to be found.
    static var none: Self {
        Self([], layout: FileLayout(dialect: CSVDialect(), header: [], overlongLines: []), firstRecord: 0)
    }

    /// Goes to a record; false when the chunk has no such one. Each call must ask for a later record than the last.
    mutating func find(_ index: Int) -> Bool {
        while !isAtEnd, reader.recordIndex < index { isAtEnd = !reader.next(from: index) }
        guard !isAtEnd, reader.recordIndex == index else { return false }
        values.removeAll(keepingCapacity: true)
        fields.removeAll(keepingCapacity: true)
        isAsWritten = false
        let isOdd = reader.defect != nil && reader.defect != .textAfterClosingQuote
        if isOdd { return true }
        // What divides fields is ASCII, so that all of them are UTF-8 when the record is.
        let isMeant = !isReport && record.withUnsafeBytes { UTF8Validation.firstFault(in: $0) == nil }
        if isMeant, ReportWriter.takesAsIs(reader) {
            isAsWritten = true
            return true
        }
        for field in min(isReport ? ReportFormat.columns.count : 0, reader.fieldCount)..<reader.fieldCount {
            let start = values.count
            if isMeant {
                reader.unescape(field) { values.append(contentsOf: $0) }
            } else {
                Self.repaired(reader.unescaped(field)).withUnsafeBytes { value in
                    values.append(contentsOf: isReport ? ReportFormat.restored(value) : value)
                }
            }
            fields.append(start..<values.count)
        }
        return true
    }

    /// How many fields the found record has; none where they fit no header.
    var fieldCount: Int { isAsWritten ? reader.fieldCount : fields.count }

    /// A field of the found record.
    func withField(_ index: Int, _ body: (UnsafeRawBufferPointer) -> Void) {
        let (bytes, range) = isAsWritten ? (reader.bytes, reader.field(index)) : (values, fields[index])
        bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[range])) }
    }

    /// The found record's bytes as its file has them, without its line end.
    func withBytes(_ body: (UnsafeRawBufferPointer) -> Void) {
        record.withUnsafeBytes(body)
    }

    /// All of the found record as one text; UTF-8, what was not replaced.
    var text: [UInt8] { Self.repaired(Array(record)) }

    private var record: ArraySlice<UInt8> { reader.bytes[reader.byteRange] }

    /// The report is UTF-8 throughout.
    private static func repaired(_ value: [UInt8]) -> [UInt8] {
        UTF8Validation.firstFault(in: value) == nil ? value : Array(String(decoding: value, as: UTF8.self).utf8)
    }
}
