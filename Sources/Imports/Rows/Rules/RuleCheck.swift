import Domain
import Tabular

/// Runs an entity's validation rules over mapped cells. The rules that look at one text are in `RuleCheck+Fields.swift`,
/// those that look at a place in `RuleCheck+Places.swift`.
struct RuleCheck {
    /// What a rule found.
    struct Finding {
        let severity: IssueSeverity
        let code: IssueCode
        let column: String
        let value: String
        let message: String
    }

    /// A rule without anything that must be counted when it is looked at: every record passes all of them.
    struct Step {
        let rule: ValidationRule.Rule
        /// Positions in `EntityTable.columns`; -1 for none.
        let position: Int
        let other: Int
        /// Position in `rules`.
        let index: Int
        let minimum: Double
        let maximum: Double
    }

    let rules: [ValidationRule]
    let allowed: [TextSet]
    /// The rules' own boxes, apart from all that would have to be counted with them.
    let boxes: [ValidationRule.Box]
    let patterns: [TextPattern?]
    let dates: [DatePattern?]
    let latitude: Int?
    let longitude: Int?
    private let table: EntityTable
    private let steps: [Step]
    private let labels: [Int: String]

    init(plan: RecordPlan) {
        table = plan.table
        rules = plan.rules
        allowed = plan.rules.map { TextSet($0.whenValues ?? $0.values ?? []) }
        boxes = plan.rules.map(\.box)
        patterns = plan.patterns
        dates = plan.rules.map { $0.format.flatMap(DatePattern.init) }
        latitude = plan.table.index(of: "latitude")
        longitude = plan.table.index(of: "longitude")
        labels = Dictionary(plan.targets.map { ($0.position, $0.label) }) { first, _ in first }
        steps = plan.rules.enumerated().compactMap { Self.step($1, index: $0, table: plan.table) }
    }

    private static func step(_ rule: ValidationRule, index: Int, table: EntityTable) -> Step? {
        let position = rule.field.flatMap(table.index(of:)) ?? -1
        let other = (rule.otherField ?? rule.whenField).flatMap(table.index(of:)) ?? -1
        switch rule.rule {
        case .coordinates, .boundingBox: break
        // It takes all records together: the resolve stage looks.
        case .unique: return nil
        case .compare, .requiredIf: if position < 0 || other < 0 { return nil }
        case .enumeration, .length, .range, .regex, .type, .dateFormat: if position < 0 { return nil }
        }
        return Step(
            rule: rule.rule, position: position, other: other, index: index, minimum: rule.minimum ?? -.infinity,
            maximum: rule.maximum ?? (rule.rule == .length ? 1000 : .infinity))
    }

    /// Whether a column is a coordinate: one that could not be read at all is not checked again.
    func isCoordinate(_ position: Int) -> Bool { position == latitude || position == longitude }

    /// Tells what the rules find in a record.
    /// - Parameters:
    ///   - cells: in the order of `EntityTable.columns`, their texts in `row`.
    ///   - isCoordinateUnread: a coordinate was no number, which was told already.
    func check(
        _ cells: [MappedCell], of row: borrowing RowBytes, isCoordinateUnread: Bool, _ tell: (Finding) -> Void
    ) {
        for index in steps.indices {
            let step = steps[index]
            switch step.rule {
            case .coordinates: if !isCoordinateUnread { coordinates(cells, step, tell) }
            case .boundingBox: boundingBox(cells, row, step, tell)
            case .enumeration:
                if let text = cells[step.position].text, !allowed[step.index].contains(row[text]) {
                    let values = allowed[step.index].texts.joined(separator: ", ")
                    tell(finding(step, .notInList, step.position, row[text].text, "one of \(values)"))
                }
            case .length:
                // No text has more characters than bytes.
                if let text = cells[step.position].text,
                    Double(text.count) > step.maximum || step.minimum > -.infinity
                {
                    length(row[text].text, step, tell)
                }
            case .range:
                if let number = cells[step.position].real, !(number >= step.minimum && number <= step.maximum) {
                    tell(
                        finding(
                            step, .outOfRange, step.position, "\(number)",
                            "between \(step.minimum) and \(step.maximum)"))
                }
            case .regex, .type, .dateFormat:
                if let text = cells[step.position].text { form(row[text], step, tell) }
            case .compare: compare(cells, row, step, tell)
            case .requiredIf: requiredIf(cells, row, step, tell)
            case .unique: break
            }
        }
    }

    func finding(
        _ step: Step, _ code: IssueCode, _ position: Int, _ value: String, _ message: String,
        severity: IssueSeverity? = nil
    ) -> Finding {
        Finding(
            severity: severity ?? rules[step.index].severity ?? .error, code: code, column: label(position),
            value: value, message: message)
    }

    /// What the report calls a column.
    func label(_ position: Int) -> String { labels[position] ?? table.columns[position].name }
}
