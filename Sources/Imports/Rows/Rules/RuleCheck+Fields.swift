import Domain
import Tabular

extension RuleCheck {
    func length(_ text: String, _ step: Step, _ tell: (Finding) -> Void) {
        let count = Double(text.count)
        if count > step.maximum {
            tell(finding(step, .textTooLong, step.position, text, "at most \(Self.words(step.maximum)) characters"))
        } else if count < step.minimum {
            tell(finding(step, .textTooShort, step.position, text, "at least \(Self.words(step.minimum)) characters"))
        }
    }

    /// A bound may be any number, also one that no `Int` holds.
    private static func words(_ bound: Double) -> String { Int(exactly: bound).map(String.init) ?? "\(bound)" }

    func form(_ text: UnsafeRawBufferPointer, _ step: Step, _ tell: (Finding) -> Void) {
        let rule = rules[step.index]
        switch rule.rule {
        case .regex:
            guard let pattern = patterns[step.index], !pattern.matches(text.text) else { return }
            tell(finding(step, .pattern, step.position, text.text, "must fit \(rule.pattern ?? "")"))
        case .dateFormat:
            if !Self.isDate(text, dates[step.index]) {
                tell(finding(step, .dateFormat, step.position, text.text, "a date as \(rule.format ?? "")"))
            }
        case .type:
            let fits =
                switch rule.type {
                case .integer: FieldParser.integer(text) != nil
                case .number: FieldParser.double(text) != nil
                case .boolean: FieldParser.bool(text) != nil
                case .date: Self.isDate(text, Self.isoDate)
                case nil: true
                }
            if !fits {
                tell(finding(step, .typeMismatch, step.position, text.text, "must be \(rule.type?.rawValue ?? "")"))
            }
        default: break
        }
    }

    private static let isoDate = DatePattern("yyyy-MM-dd")

    private static func isDate(_ text: UnsafeRawBufferPointer, _ pattern: DatePattern?) -> Bool {
        var written = RowBytes(capacity: 16)
        return pattern?.writeISODate(of: text, to: &written) ?? true
    }

    /// Cells of different kinds, and empty ones, do not compare.
    func compare(_ cells: [MappedCell], _ row: borrowing RowBytes, _ step: Step, _ tell: (Finding) -> Void) {
        let (left, right) = (cells[step.position], cells[step.other])
        guard left.tag == right.tag, let comparison = rules[step.index].comparison else { return }
        let order: Int
        switch left.tag {
        case .null: return
        case .text: order = KeyOrder.compare(row[left.start..<left.end], row[right.start..<right.end])
        case .real:
            let (one, two) = (Double(bitPattern: left.bits), Double(bitPattern: right.bits))
            order = one < two ? -1 : one == two ? 0 : 1
        case .integer:
            let (one, two) = (Int64(bitPattern: left.bits), Int64(bitPattern: right.bits))
            order = one < two ? -1 : one == two ? 0 : 1
        }
        if comparison.holds(order) { return }
        tell(
            finding(
                step, .comparison, step.position, left.words(in: row),
                "must be \(comparison.rawValue) \(label(step.other)), which is \(right.words(in: row))"))
    }

    func requiredIf(_ cells: [MappedCell], _ row: borrowing RowBytes, _ step: Step, _ tell: (Finding) -> Void) {
        guard cells[step.position].isNull, !cells[step.other].isNull else { return }
        if rules[step.index].whenValues != nil {
            if let place = cells[step.other].text {
                guard allowed[step.index].contains(row[place]) else { return }
            } else {
                guard allowed[step.index].texts.contains(cells[step.other].words(in: row)) else { return }
            }
        }
        tell(
            finding(
                step, .requiredMissing, step.position, "",
                "required where \(label(step.other)) is \(cells[step.other].words(in: row))"))
    }
}

extension MappedCell {
    /// The cell as a person reads it.
    func words(in row: borrowing RowBytes) -> String {
        switch tag {
        case .null: ""
        case .text: row[start..<end].text
        case .real: "\(Double(bitPattern: bits))"
        case .integer: "\(Int64(bitPattern: bits))"
        }
    }
}

extension ValidationRule.Comparison {
    /// Whether it holds of two values, the first of which is less than, equal to or greater than the second as `order`
    /// is than 0.
    fileprivate func holds(_ order: Int) -> Bool {
        switch self {
        case .less: order < 0
        case .lessOrEqual: order <= 0
        case .equal: order == 0
        case .unequal: order != 0
        case .greaterOrEqual: order >= 0
        case .greater: order > 0
        }
    }
}
