import Domain
import Tabular

/// Turns records of one file into cells and issues.
struct RecordMapper {
    /// Keys become parts of paths of the API and of message ids, which have bounds of their own.
    private static let maximumKeyBytes = 200

    private let plan: RecordPlan
    private let rules: RuleCheck
    private let fileIndex: Int
    private let width: Int

    init(plan: RecordPlan, fileIndex: Int) {
        self.plan = plan
        self.fileIndex = fileIndex
        rules = RuleCheck(plan: plan)
        width = plan.table.columns.count
    }

    /// Maps the reader's current record. `mayHoldBadBytes` is false when the chunk is known to be UTF-8 throughout.
    func map(_ reader: CSVReader, mayHoldBadBytes: Bool) -> MappedRecord {
        var record = MappedRecord(values: [FieldValue](repeating: .null, count: width))
        if let issue = shapeIssue(reader) {
            record.issues.append(issue)
            if issue.severity == .error { return record }
        }
        if mayHoldBadBytes { noteBadBytes(reader, in: &record) }
        for target in plan.targets {
            fill(target, from: reader, into: &record)
        }
        for finding in rules.findings(record.values, issuesBefore: record.issues) {
            record.issues.append(
                issue(reader, finding.severity, finding.code, finding.column, finding.value, finding.message))
        }
        return record
    }

    private func shapeIssue(_ reader: CSVReader) -> ImportIssue? {
        if let defect = reader.defect, defect != .textAfterClosingQuote {
            return issue(reader, .error, .quoting, "", "", defect.message)
        }
        if reader.fieldCount != plan.header.count {
            return issue(
                reader, .error, .columnCount, "", "\(reader.fieldCount)",
                "the record has \(reader.fieldCount) fields, the header \(plan.header.count)")
        }
        return reader.defect.map { issue(reader, .warning, .quoting, "", "", $0.message) }
    }

    private func noteBadBytes(_ reader: CSVReader, in record: inout MappedRecord) {
        for index in 0..<reader.fieldCount where !reader.isValidUTF8(index) {
            record.issues.append(
                issue(
                    reader, .warning, .notUTF8, plan.header[index], reader.fieldString(index),
                    "bytes that are not UTF-8 were replaced"))
        }
    }

    private func fill(_ target: RecordPlan.Target, from reader: CSVReader, into record: inout MappedRecord) {
        let source = sourceText(of: target, reader)
        var text = source.isEmpty ? target.defaultValue ?? "" : source
        if case .lookup(let table, let name) = target.transform, !source.isEmpty {
            guard let value = table.value(source) ?? target.defaultValue else {
                record.issues.append(
                    issue(
                        reader, .error, .lookupUnknown, target.label, source,
                        "lookup table \(name) does not know this value"))
                return
            }
            text = value
        }
        if text.isEmpty {
            if target.required {
                record.issues.append(
                    issue(
                        reader, .error, .requiredMissing, target.label, "",
                        "\(target.column.name) is required and \(target.label) is empty"))
            }
            return
        }
        switch convert(text, target) {
        case .success(.text(let key)) where target.position == 0 && key.utf8.count > Self.maximumKeyBytes:
            record.issues.append(
                issue(
                    reader, .error, .textTooLong, target.label, key,
                    "\(target.column.name) has at most \(Self.maximumKeyBytes) bytes"))
        case .success(let value):
            record.values[target.position] = value
        case .failure(let failure):
            record.issues.append(
                issue(
                    reader, .error, failure.code, target.label, source.isEmpty ? text : source, failure.message))
        }
    }

    /// The source text of a target; for lookups still the key.
    private func sourceText(of target: RecordPlan.Target, _ reader: CSVReader) -> String {
        switch target.transform {
        case .const(let value):
            return value
        case .concat(let prefix, let separator):
            let parts = target.sources.map { trimmed(reader, $0) }.filter { !$0.isEmpty }
            return parts.isEmpty ? "" : prefix + parts.joined(separator: separator)
        case .contentHash(let prefix):
            let parts = target.sources.map { trimmed(reader, $0) }
            guard parts.contains(where: { !$0.isEmpty }) else { return "" }
            let hash = StableHash.hash64(Array(parts.joined(separator: "\u{1F}").utf8))
            let digits = String(hash, radix: 16)
            return prefix + String(repeating: "0", count: 16 - digits.count) + digits
        case .copy, .upper, .lower, .date, .lookup:
            for source in target.sources {
                let text = trimmed(reader, source)
                if !text.isEmpty { return text }
            }
            return ""
        }
    }

    private struct Failure: Error {
        let code: IssueCode
        let message: String
    }

    private func convert(_ text: String, _ target: RecordPlan.Target) -> Result<FieldValue, Failure> {
        switch target.transform {
        case .upper: return typed(text.uppercased(), target.column)
        case .lower: return typed(text.lowercased(), target.column)
        case .date(let pattern):
            guard let date = pattern.isoDate(text) else {
                return .failure(Failure(code: .dateFormat, message: "not a date in the schema's format"))
            }
            return .success(.text(date))
        case .copy, .lookup, .const, .concat, .contentHash: return typed(text, target.column)
        }
    }

    private func typed(_ text: String, _ column: Column) -> Result<FieldValue, Failure> {
        switch column.kind {
        case .text, .date:
            if let values = column.values, !values.contains(text) {
                return .failure(
                    Failure(
                        code: .notInList, message: "\(column.name) is one of \(values.joined(separator: ", "))"))
            }
            return .success(.text(text))
        case .json:
            guard JSONSyntax.accepts(text) else {
                return .failure(Failure(code: .jsonFormat, message: "\(column.name) is JSON"))
            }
            return .success(.text(text))
        case .real:
            guard let number = FieldParser.double(Array(text.utf8)) else {
                return .failure(Failure(code: .numberFormat, message: "\(column.name) is a number"))
            }
            return .success(.real(number))
        case .boolean:
            guard let flag = FieldParser.bool(Array(text.utf8)) else {
                return .failure(Failure(code: .booleanFormat, message: "\(column.name) is true or false"))
            }
            return .success(.integer(flag ? 1 : 0))
        }
    }

    private func trimmed(_ reader: CSVReader, _ field: Int) -> String {
        reader.withField(field) { String(decoding: FieldParser.trimmed($0), as: UTF8.self) }
    }

    private func issue(
        _ reader: CSVReader, _ severity: IssueSeverity, _ code: IssueCode, _ column: String, _ value: String,
        _ message: String
    ) -> ImportIssue {
        ImportIssue(
            severity, code, fileIndex: fileIndex, record: reader.recordIndex, line: reader.line, column: column,
            value: String(value.prefix(200)), message: message)
    }
}
