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
        let fields = form.fields[issue.fileIndex]
        if let record, record.ends.count == form.places[issue.fileIndex].count {
            csv.field("")
            record.values.withUnsafeBytes { values in
                for field in fields {
                    guard let field else {
                        csv.field("")
                        continue
                    }
                    write(original: UnsafeRawBufferPointer(rebasing: values[record.range(field)]))
                }
            }
        } else {
            if let record { record.text.withUnsafeBytes { write(original: $0) } } else { csv.field("") }
            for _ in form.originals { csv.field("") }
        }
        csv.endRow()
    }

    private mutating func write(original value: UnsafeRawBufferPointer) {
        if value.first == ReportFormat.apostrophe { csv.field(ReportFormat.guarded(value)) } else { csv.field(value) }
    }

    /// Hands out what was written since the last call.
    mutating func takeBytes() -> [UInt8] { csv.takeBytes() }
}

/// The columns of a report and where each file's own stand among them.
struct ReportForm: Sendable {
    let fileNames: [String]
    /// Where each file's columns stand among `originals`.
    let places: [[Int]]
    /// For each file, which of its fields stands under each of `originals`; nil where none does.
    let fields: [[Int?]]
    let originals: [String]

    /// - Parameter headers: the columns of each file's records; empty where they are not known.
    init(fileNames: [String], headers: [[String]]) {
        self.fileNames = fileNames
        var originals: [String] = []
        var known: [String: Int] = [:]
        places = headers.map { header in
            var taken: Set<String> = []
            return header.map { name in
                // Of columns with one name in a file each needs a place of its own.
                if taken.insert(name).inserted, let place = known[name] { return place }
                known[name] = known[name] ?? originals.count
                originals.append(name)
                return originals.count - 1
            }
        }
        fields = places.map { places in
            var fields = [Int?](repeating: nil, count: originals.count)
            for (field, place) in places.enumerated() { fields[place] = field }
            return fields
        }
        self.originals = originals
    }
}
