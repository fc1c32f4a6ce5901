import Domain

/// Runs an entity's validation rules over mapped cells.
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
    private struct Step {
        let rule: ValidationRule.Rule
        /// Position in `EntityTable.columns`; -1 for rules of the whole record.
        let position: Int
        /// Position in `rules`.
        let index: Int
        let minimum: Double
        let maximum: Double
    }

    private let table: EntityTable
    private let steps: [Step]
    private let rules: [ValidationRule]
    private let allowed: [TextSet]
    private let latitude: Int?
    private let longitude: Int?
    private let labels: [Int: String]

    init(plan: RecordPlan) {
        table = plan.table
        rules = plan.rules
        allowed = plan.rules.map { TextSet($0.values ?? []) }
        latitude = plan.table.index(of: "latitude")
        longitude = plan.table.index(of: "longitude")
        labels = Dictionary(plan.targets.map { ($0.position, $0.label) }) { first, _ in first }
        steps = plan.rules.enumerated().compactMap { index, rule in
            let position = rule.field.flatMap(plan.table.index(of:)) ?? -1
            switch rule.rule {
            case .coordinates, .boundingBox: break
            case .enumeration, .length, .range: if position < 0 { return nil }
            }
            return Step(
                rule: rule.rule, position: position, index: index, minimum: rule.minimum ?? -.infinity,
                maximum: rule.maximum ?? (rule.rule == .length ? 1000 : .infinity))
        }
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
            case .boundingBox: boundingBox(cells, step, tell)
            case .enumeration:
                if let text = cells[step.position].text, !allowed[step.index].contains(row[text]) {
                    let values = allowed[step.index].texts.joined(separator: ", ")
                    tell(finding(step, .notInList, step.position, row[text].text, "one of \(values)"))
                }
            case .length:
                // No text has more characters than bytes. A bound may be any number, also one that no `Int` holds.
                if let text = cells[step.position].text, Double(text.count) > step.maximum {
                    length(row[text].text, step, tell)
                }
            case .range:
                if let number = cells[step.position].real, !(number >= step.minimum && number <= step.maximum) {
                    tell(
                        finding(
                            step, .outOfRange, step.position, "\(number)",
                            "between \(step.minimum) and \(step.maximum)"))
                }
            }
        }
    }

    private func length(_ text: String, _ step: Step, _ tell: (Finding) -> Void) {
        guard Double(text.count) > step.maximum else { return }
        let maximum = Int(exactly: step.maximum).map(String.init) ?? "\(step.maximum)"
        tell(finding(step, .textTooLong, step.position, text, "at most \(maximum) characters"))
    }

    private func coordinates(_ cells: [MappedCell], _ step: Step, _ tell: (Finding) -> Void) {
        guard let latitude, let longitude else { return }
        guard let north = cells[latitude].real, let east = cells[longitude].real else {
            if cells[latitude].tag == .null, cells[longitude].tag == .null {
                tell(
                    finding(
                        step, .coordinateMissing, latitude, "", "the outlet has no coordinates", severity: .warning))
            } else {
                tell(finding(step, .coordinateMissing, latitude, "", "latitude and longitude go together"))
            }
            return
        }
        if north == 0, east == 0 {
            tell(finding(step, .coordinateZero, latitude, "\(north), \(east)", "0,0 is no outlet's place"))
        } else if abs(north) > 90 || abs(east) > 180 {
            let swapped = abs(east) <= 90 && abs(north) <= 180
            tell(
                finding(
                    step, .coordinateRange, latitude, "\(north), \(east)",
                    "not on the globe" + (swapped ? "; latitude and longitude look swapped" : "")))
        }
    }

    private func boundingBox(_ cells: [MappedCell], _ step: Step, _ tell: (Finding) -> Void) {
        guard let latitude, let longitude, let north = cells[latitude].real, let east = cells[longitude].real,
            !(north == 0 && east == 0)
        else { return }
        let rule = rules[step.index]
        let isInside =
            north >= (rule.minLatitude ?? -90) && north <= (rule.maxLatitude ?? 90)
            && east >= (rule.minLongitude ?? -180) && east <= (rule.maxLongitude ?? 180)
        if !isInside {
            tell(
                finding(
                    step, .coordinateOutside, latitude, "\(north), \(east)", "outside the schema's bounding box",
                    severity: rule.severity ?? .warning))
        }
    }

    private func finding(
        _ step: Step, _ code: IssueCode, _ position: Int, _ value: String, _ message: String,
        severity: IssueSeverity? = nil
    ) -> Finding {
        Finding(
            severity: severity ?? rules[step.index].severity ?? .error, code: code,
            column: labels[position] ?? table.columns[position].name, value: value, message: message)
    }
}
