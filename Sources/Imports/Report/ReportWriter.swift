import Domain
import Tabular

/// Writes an error report: one line an issue, and on the first line about a record the record itself, under the columns
/// of its file, so that each refused record stands in the report once and can be corrected there.
struct ReportWriter {
    private var csv = CSVWriter(guardsFormulas: true)
    private let form: ReportForm
    private var lastRecord: (file: Int, record: Int)?
    /// What the API tells of it.
    private(set) var digest = IssueDigest()

    /// - Parameter withHeader: false for what continues a report.
    init(_ form: ReportForm, withHeader: Bool) {
        self.form = form
        if withHeader { csv.row(ReportFormat.columns + form.originals) }
    }

    /// Adds an issue. Issues come in input order.
    /// - Parameter records: finds the fields of a record that has not been written yet.
    mutating func write(_ issue: IssueLine, _ records: inout OriginalRecords) {
        digest.add(issue, fileName: form.fileNames[issue.fileIndex])
        Self.write(asItIs: form.writtenNames[issue.fileIndex], &csv)
        csv.field(issue.line)
        if issue.record < 0 { csv.field([]) } else { csv.field(issue.record + 1) }
        csv.field(issue.column)
        csv.field(issue.value)
        Self.write(asItIs: Self.writtenKinds[issue.kind], &csv)
        csv.field(issue.message)
        writeRecord(of: issue, &records)
        csv.endRow()
    }

    /// Writes the record that an issue is about, unless it stands on a line before.
    private mutating func writeRecord(of issue: IssueLine, _ records: inout OriginalRecords) {
        let isFirst = issue.record >= 0 && (lastRecord ?? (-1, -1)) != (issue.fileIndex, issue.record)
        if isFirst { lastRecord = (issue.fileIndex, issue.record) }
        // A line too long lies in no chunk, and looking for it would lead past the records that do.
        guard isFirst, issue.code != .tooLong, records.find(issue.record) else {
            return csv.emptyFields(1 + form.originals.count)
        }
        if records.fieldCount == form.places[issue.fileIndex].count {
            csv.field([])
            write(&records, file: issue.fileIndex)
        } else {
            records.text.withUnsafeBytes { write(original: $0) }
            csv.emptyFields(form.originals.count)
        }
    }

    /// Writes the found record's fields where they stand among those of all files.
    /// - Parameter records: only read; a parameter of another kind would be a copy for each record.
    private mutating func write(_ record: inout OriginalRecords, file: Int) {
        let places = form.places[file]
        var column = 0
        if record.isAsWritten, form.areTogether[file], let first = places.first {
            csv.emptyFields(first)
            record.withBytes { csv.fields(asTheyAre: $0) }
            column = first + places.count
        } else {
            for field in form.order[file] {
                csv.emptyFields(places[field] - column)
                record.withField(field) { write(original: $0) }
                column = places[field] + 1
            }
        }
        csv.emptyFields(form.originals.count - column)
    }

    private mutating func write(original value: UnsafeRawBufferPointer) {
        if value.first == ReportFormat.apostrophe { csv.field(ReportFormat.guarded(value)) } else { csv.field(value) }
    }

    /// Whether a reader's present record is, byte for byte, what a report says of its fields.
    static func takesAsIs(_ reader: CSVReader) -> Bool {
        asks.takesAsIs(reader)
            && (0..<reader.fieldCount).allSatisfy { field in
                let range = reader.field(field)
                return range.isEmpty || reader.bytes[range.lowerBound] != ReportFormat.apostrophe
            }
    }

    /// As the writer of each report.
    private static let asks = CSVWriter(guardsFormulas: true)

    /// Of each kind of issue the fields that say so.
    private static let writtenKinds = IssueLine.kinds.map { written([$0.severity.rawValue, $0.code.rawValue]) }

    /// Fields as each report has them.
    static func written(_ fields: [String]) -> [UInt8] {
        var csv = asks
        for field in fields { csv.field(field) }
        return csv.takeBytes()
    }

    private static func write(asItIs fields: [UInt8], _ csv: inout CSVWriter) {
        fields.withUnsafeBytes { csv.fields(asTheyAre: $0) }
    }

    /// Bytes that were written and not taken.
    var byteCount: Int { csv.bytes.count }

    /// Hands out what was written since the last call.
    mutating func takeBytes() -> [UInt8] { csv.takeBytes() }
}
