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
    /// - Parameter original: finds the fields of a record that has not been written yet.
    mutating func write(_ issue: ImportIssue, original: (ImportIssue) -> OriginalRecord?) {
        digest.add(issue, fileName: form.fileNames[issue.fileIndex])
        for text in [
            form.fileNames[issue.fileIndex], String(issue.line), issue.record < 0 ? "" : String(issue.record + 1),
            issue.column, issue.value, issue.severity.rawValue, issue.code.rawValue, issue.message,
        ] { csv.field(text) }
        let isFirst = issue.record >= 0 && (lastRecord ?? (-1, -1)) != (issue.fileIndex, issue.record)
        if isFirst { lastRecord = (issue.fileIndex, issue.record) }
        let record = isFirst ? original(issue) : nil
        let places = form.places[issue.fileIndex]
        if let record, record.fields.count == places.count {
            csv.field("")
            record.values.withUnsafeBytes { write(record, $0, file: issue.fileIndex) }
        } else {
            if let record { record.text.withUnsafeBytes { write(original: $0) } } else { csv.field("") }
            csv.emptyFields(form.originals.count)
        }
        csv.endRow()
    }

    /// Writes a record's fields where they stand among those of all files.
    private mutating func write(_ record: OriginalRecord, _ values: UnsafeRawBufferPointer, file: Int) {
        let places = form.places[file]
        var column = 0
        if record.isAsWritten, form.areTogether[file], let first = places.first {
            csv.emptyFields(first)
            csv.fields(asTheyAre: values)
            column = first + places.count
        } else {
            for field in form.order[file] {
                csv.emptyFields(places[field] - column)
                write(original: UnsafeRawBufferPointer(rebasing: values[record.fields[field]]))
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

    /// Bytes that were written and not taken.
    var byteCount: Int { csv.bytes.count }

    /// Hands out what was written since the last call.
    mutating func takeBytes() -> [UInt8] { csv.takeBytes() }
}
