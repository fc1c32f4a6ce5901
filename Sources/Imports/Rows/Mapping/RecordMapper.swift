import Domain
import Tabular

/// Turns the records of one chunk into cells and issues, from bytes to bytes: a text becomes a `String` only where there is
/// an issue, or where letters beyond ASCII change their case.
struct RecordMapper: ~Copyable {
    /// What a chunk's records may be.
    struct Options {
        /// False when the chunk is known to be UTF-8 throughout.
        var mayHoldBadBytes = true
        /// An empty cell leaves what the catalog has.
        var keepsEmpty = false
        /// They come from an error report.
        var isReport = false
        /// Positions of the columns that other rows are looked at for.
        var references: [Int] = []
    }

    /// Keys become parts of paths of the API and of message ids, which have bounds of their own.
    private static let maximumKeyBytes = 200
    private static let mostBadFields = 20

    let plan: RecordPlan
    let steps: [CellStep]
    /// Of these, the ones of the key and of the columns that other rows are looked at for.
    private let stepsOfKnown: [Int]
    let constants: StillBytes
    /// What the column of each target takes, its lookup table, and all targets' sources one after the other: reaching into the
    /// plan would count all of a target.
    let allowed: [TextSet]
    // SAFETY: the plan owns them, and lives as long as this does. A lookup looks at one for each record.
    let lookups: [Unmanaged<LookupTable>?]
    let sources: [Int]
    let options: Options
    private let rules: RuleCheck
    private let business: BusinessCheck
    private let fileIndex: Int

    /// The current record's cells, in the order of `EntityTable.columns`, unmapped ones null.
    private(set) var cells: [MappedCell]
    /// Of all records so far, in input order.
    private(set) var issues: [ImportIssue] = []
    /// Whether an ERROR keeps the current record out of the catalog.
    private(set) var isRefused = false
    /// How many of the issues are warnings.
    private(set) var warnings = 0
    private var hasUnreadCoordinate = false
    /// Whether the current record holds bytes that are not UTF-8.
    private(set) var holdsBadBytes = false

    /// The value of a field that does not stand in the chunk as it is.
    var fieldBytes = RowBytes()
    /// What was put together or converted.
    var madeBytes = RowBytes()
    var convertedBytes = RowBytes()

    init(plan: RecordPlan, fileIndex: Int, options: Options = Options()) {
        self.plan = plan
        self.fileIndex = fileIndex
        self.options = options
        rules = RuleCheck(plan: plan)
        business = BusinessCheck(plan: plan, keepsEmpty: options.keepsEmpty)
        cells = [MappedCell](repeating: MappedCell(), count: plan.table.columns.count)
        var constants: [UInt8] = []
        var sources: [Int] = []
        steps = plan.targets.enumerated().map { CellStep($1, index: $0, constants: &constants, sources: &sources) }
        self.sources = sources
        let references = Set(options.references + [0])
        stepsOfKnown = steps.indices.filter { [steps] in references.contains(steps[$0].position) }
        self.constants = StillBytes(constants)
        allowed = plan.targets.map { TextSet($0.column.values ?? []) }
        lookups = plan.targets.map {
            if case .lookup(let table, _) = $0.transform { .passUnretained(table) } else { nil }
        }
    }

    /// Maps the reader's current record and writes its cells behind what `row` holds. A refused record's cells are no
    /// row: cut them off.
    /// - Parameter chunk: the reader's bytes.
    mutating func map(_ reader: CSVReader, _ chunk: UnsafeRawBufferPointer, into row: inout RowBytes) {
        isRefused = false
        hasUnreadCoordinate = false
        for position in cells.indices { cells[position] = MappedCell() }
        if reader.defect != nil || reader.fieldCount != plan.header.count {
            noteShape(reader)
            if isRefused { return }
        }
        // What divides fields is ASCII, so that a record is UTF-8 when all of its fields are.
        holdsBadBytes =
            options.mayHoldBadBytes
            && UTF8Validation.firstFault(in: UnsafeRawBufferPointer(rebasing: chunk[reader.byteRange])) != nil
        if holdsBadBytes { noteBadBytes(reader) }
        for index in steps.indices {
            let step = steps[index]
            cells[step.position] = fill(step, reader, chunk, into: &row)
        }
        var findings: [RuleCheck.Finding] = []
        rules.check(cells, of: row, isCoordinateUnread: hasUnreadCoordinate) { findings.append($0) }
        for finding in findings {
            note(reader, finding.severity, finding.code, finding.column, finding.value, finding.message)
        }
        if !isRefused { checkBusiness(reader, row) }
    }

    /// Maps of a record that was mapped before without any issue only the key and the columns that other rows are looked at for.
    mutating func mapKnown(_ reader: CSVReader, _ chunk: UnsafeRawBufferPointer, into row: inout RowBytes) {
        isRefused = false
        holdsBadBytes = false
        for index in stepsOfKnown { cells[steps[index].position] = fill(steps[index], reader, chunk, into: &row) }
    }

    /// Of a record that is refused the cells are not what they will be once it is corrected.
    private mutating func checkBusiness(_ reader: CSVReader, _ row: borrowing RowBytes) {
        var found: [(IssueCode, Int, String, String)] = []
        business.check(cells, of: row) { found.append(($0, $1, $2, $3)) }
        for (code, position, value, message) in found {
            note(reader, .warning, code, rules.label(position), value, message)
        }
    }

    private mutating func fill(
        _ step: CellStep, _ reader: CSVReader, _ chunk: UnsafeRawBufferPointer, into row: inout RowBytes
    ) -> MappedCell {
        let source = sourceText(step, reader, chunk)
        var text = source
        if source.isEmpty {
            guard let standIn = step.defaultText else { return empty(step, reader, into: &row) }
            text = constants[standIn]
        } else if step.kind == .lookup {
            guard let value = lookedUp(source, step) else {
                noteUnknown(source, step, reader)
                return row.nullCell()
            }
            text = value
        }
        if text.isEmpty { return empty(step, reader, into: &row) }
        guard let converted = converted(text, step) else {
            let (code, message): (IssueCode, String) =
                step.kind == .amount
                ? (.numberFormat, "is an amount") : (.dateFormat, "is a date in the schema's format")
            return refuse(step, source.isEmpty ? text : source, code, message, reader, &row)
        }
        switch step.column {
        case .text, .date:
            if step.isListed, !allowed[step.target].contains(converted) {
                let message = "is one of \(allowed[step.target].texts.joined(separator: ", "))"
                return refuse(step, source.isEmpty ? text : source, .notInList, message, reader, &row)
            }
        case .json:
            if !JSONSyntax.accepts(converted.text) {
                return refuse(step, source.isEmpty ? text : source, .jsonFormat, "is JSON", reader, &row)
            }
        case .real:
            if let number = FieldParser.double(converted) { return row.realCell(number) }
            hasUnreadCoordinate = hasUnreadCoordinate || rules.isCoordinate(step.position)
            return refuse(step, source.isEmpty ? text : source, .numberFormat, "is a number", reader, &row)
        case .boolean:
            if let flag = FieldParser.bool(converted) { return row.integerCell(flag ? 1 : 0) }
            return refuse(step, source.isEmpty ? text : source, .booleanFormat, "is true or false", reader, &row)
        }
        if step.position == 0, converted.count > Self.maximumKeyBytes {
            let message = "has at most \(Self.maximumKeyBytes) bytes"
            return refuse(step, converted, .textTooLong, message, reader, &row)
        }
        return row.textCell(converted)
    }

    private mutating func empty(_ step: CellStep, _ reader: CSVReader, into row: inout RowBytes) -> MappedCell {
        if step.required {
            let target = plan.targets[step.target]
            note(
                reader, .error, .requiredMissing, target.label, "",
                "\(target.column.name) is required and \(target.label) is empty")
        }
        return row.nullCell()
    }

    private mutating func noteUnknown(_ source: UnsafeRawBufferPointer, _ step: CellStep, _ reader: CSVReader) {
        let target = plan.targets[step.target]
        guard case .lookup(_, let name) = target.transform else { return }
        note(
            reader, .error, .lookupUnknown, target.label, source.text,
            "lookup table \(name) does not know this value")
    }

    /// - Parameter message: what the column demands, to go behind its name.
    private mutating func refuse(
        _ step: CellStep, _ value: UnsafeRawBufferPointer, _ code: IssueCode, _ message: String, _ reader: CSVReader,
        _ row: inout RowBytes
    ) -> MappedCell {
        let target = plan.targets[step.target]
        note(reader, .error, code, target.label, value.text, "\(target.column.name) \(message)")
        return row.nullCell()
    }

    /// Refuses the current record whatever its cells are.
    mutating func refuse(_ reader: CSVReader, _ code: IssueCode, _ column: String, _ value: String, _ message: String) {
        note(reader, .error, code, column, value, message)
    }

    private mutating func noteShape(_ reader: CSVReader) {
        if let defect = reader.defect, defect != .textAfterClosingQuote {
            note(reader, .error, .quoting, "", "", defect.message)
        } else if reader.fieldCount != plan.header.count {
            note(
                reader, .error, .columnCount, "", "\(reader.fieldCount)",
                "the record has \(reader.fieldCount) fields, the header \(plan.header.count)")
        } else if let defect = reader.defect {
            note(reader, .warning, .quoting, "", "", defect.message)
        }
    }

    /// Of a record with many such fields the first are told: whoever mends those will find the others.
    private mutating func noteBadBytes(_ reader: CSVReader) {
        var told = 0
        for index in 0..<reader.fieldCount where !reader.isValidUTF8(index) {
            note(
                reader, .warning, .notUTF8, plan.header[index], reader.fieldString(index),
                "bytes that are not UTF-8 were replaced")
            told += 1
            if told == Self.mostBadFields { return }
        }
    }

    @inline(never)
    private mutating func note(
        _ reader: CSVReader, _ severity: IssueSeverity, _ code: IssueCode, _ column: String, _ value: String,
        _ message: String
    ) {
        if severity == .error { isRefused = true } else { warnings += 1 }
        issues.append(
            ImportIssue(
                severity, code, fileIndex: fileIndex, record: reader.recordIndex, line: reader.line, column: column,
                value: value, message: message))
    }
}
