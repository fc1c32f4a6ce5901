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

    private struct Bound {
        let rule: ValidationRule
        let position: Int?
    }

    private let table: EntityTable
    private let rules: [Bound]
    private let latitude: Int?
    private let longitude: Int?
    private let labels: [Int: String]

    init(plan: RecordPlan) {
        table = plan.table
        rules = plan.rules.map { Bound(rule: $0, position: $0.field.flatMap(plan.table.index(of:))) }
        latitude = plan.table.index(of: "latitude")
        longitude = plan.table.index(of: "longitude")
        labels = Dictionary(plan.targets.map { ($0.position, $0.label) }) { first, _ in first }
    }

    /// What the rules find in a record. A coordinate that could not be read at all is not checked again.
    func findings(_ values: [FieldValue], issuesBefore: [ImportIssue]) -> [Finding] {
        var findings: [Finding] = []
        for bound in rules {
            switch bound.rule.rule {
            case .coordinates:
                if !issuesBefore.contains(where: isUnreadCoordinate) {
                    findings += coordinates(values, bound.rule.severity ?? .error)
                }
            case .boundingBox:
                findings += boundingBox(values, bound.rule, bound.rule.severity ?? .warning)
            case .enumeration, .length, .range:
                if let position = bound.position, let finding = check(values[position], position, bound.rule) {
                    findings.append(finding)
                }
            }
        }
        return findings
    }

    private func isUnreadCoordinate(_ issue: ImportIssue) -> Bool {
        issue.code == .numberFormat
            && [latitude, longitude].contains { $0.map { labels[$0] == issue.column } ?? false }
    }

    private func check(_ value: FieldValue, _ position: Int, _ rule: ValidationRule) -> Finding? {
        let severity = rule.severity ?? .error
        switch (rule.rule, value) {
        case (.enumeration, .text(let text)):
            let values = rule.values ?? []
            return values.contains(text)
                ? nil : finding(severity, .notInList, position, text, "one of \(values.joined(separator: ", "))")
        case (.length, .text(let text)):
            // A bound may be any number, also one that no `Int` holds.
            let maximum = rule.maximum ?? 1000
            return Double(text.count) <= maximum
                ? nil
                : finding(
                    severity, .textTooLong, position, text,
                    "at most \(Int(exactly: maximum).map(String.init) ?? "\(maximum)") characters")
        case (.range, .real(let number)):
            return number >= (rule.minimum ?? -.infinity) && number <= (rule.maximum ?? .infinity)
                ? nil
                : finding(
                    severity, .outOfRange, position, "\(number)",
                    "between \(rule.minimum ?? -.infinity) and \(rule.maximum ?? .infinity)")
        default: return nil
        }
    }

    private func coordinates(_ values: [FieldValue], _ severity: IssueSeverity) -> [Finding] {
        guard let latitude, let longitude else { return [] }
        switch (values[latitude], values[longitude]) {
        case (.null, .null):
            return [finding(.warning, .coordinateMissing, latitude, "", "the outlet has no coordinates")]
        case (.real(let north), .real(let east)):
            let text = "\(north), \(east)"
            if north == 0, east == 0 {
                return [finding(severity, .coordinateZero, latitude, text, "0,0 is no outlet's place")]
            }
            guard abs(north) <= 90, abs(east) <= 180 else {
                let swapped = abs(east) <= 90 && abs(north) <= 180
                return [
                    finding(
                        severity, .coordinateRange, latitude, text,
                        "not on the globe" + (swapped ? "; latitude and longitude look swapped" : ""))
                ]
            }
            return []
        default:
            return [finding(severity, .coordinateMissing, latitude, "", "latitude and longitude go together")]
        }
    }

    private func boundingBox(
        _ values: [FieldValue], _ rule: ValidationRule, _ severity: IssueSeverity
    ) -> [Finding] {
        guard let latitude, let longitude, case .real(let north) = values[latitude],
            case .real(let east) = values[longitude], !(north == 0 && east == 0)
        else { return [] }
        let inside =
            north >= (rule.minLatitude ?? -90) && north <= (rule.maxLatitude ?? 90)
            && east >= (rule.minLongitude ?? -180) && east <= (rule.maxLongitude ?? 180)
        return inside
            ? []
            : [
                finding(
                    severity, .coordinateOutside, latitude, "\(north), \(east)", "outside the schema's bounding box")
            ]
    }

    private func finding(
        _ severity: IssueSeverity, _ code: IssueCode, _ position: Int, _ value: String, _ message: String
    ) -> Finding {
        Finding(
            severity: severity, code: code, column: labels[position] ?? table.columns[position].name, value: value,
            message: message)
    }
}
