import Domain

extension SchemaCheck {
    private static let maximumValues = 10_000

    /// What is wrong with a rule, in words.
    static func faults(in rule: ValidationRule, on table: EntityTable) -> [String] {
        var faults: [String] = []
        for field in [rule.field, rule.otherField, rule.whenField] {
            if let field, table.index(of: field) == nil { faults.append("\(table.rawValue) has no column \(field)") }
        }
        if needsField(rule), rule.field == nil { faults.append("it needs a field") }
        if max(rule.values?.count ?? 0, rule.whenValues?.count ?? 0, rule.boxes?.count ?? 0) > maximumValues {
            faults.append("it lists more than \(maximumValues) values")
        }
        switch rule.rule {
        case .coordinates:
            if table.index(of: "latitude") == nil { faults.append("\(table.rawValue) has no coordinates") }
        case .boundingBox:
            if table.index(of: "latitude") == nil { faults.append("\(table.rawValue) has no coordinates") }
            if (rule.field == nil) != (rule.boxes == nil) {
                faults.append("field and boxes go together: the field's value names the box")
            }
        case .enumeration:
            if rule.values?.isEmpty ?? true { faults.append("it needs values") }
        case .length, .range:
            if let minimum = rule.minimum, let maximum = rule.maximum, minimum > maximum {
                faults.append("minimum is more than maximum")
            }
        case .regex: faults += Self.faults(inPattern: rule.pattern)
        case .type: if rule.type == nil { faults.append("it needs a type") }
        case .dateFormat:
            if rule.format.flatMap(DatePattern.init) == nil {
                faults.append("it needs a format of yyyy, MM and dd, such as MM/dd/yyyy")
            }
        case .unique:
            if let position = rule.field.flatMap(table.index(of:)), table.columns[position].kind != .text {
                faults.append("only texts can be held to be unique")
            }
        case .compare:
            if rule.otherField == nil || rule.comparison == nil {
                faults.append(
                    "it needs otherField and a comparison, one of "
                        + ValidationRule.Comparison.allCases.map(\.rawValue).joined(separator: " "))
            }
        case .requiredIf: if rule.whenField == nil { faults.append("it needs a whenField") }
        }
        return faults
    }

    /// Columns of a kind that a rule never looks at: it would never find anything.
    static func kindFaults(in rule: ValidationRule, on table: EntityTable) -> [String] {
        func kind(_ field: String?) -> Column.Kind? { field.flatMap(table.index(of:)).map { table.columns[$0].kind } }
        let texts: [Column.Kind] = [.text, .date, .json]
        switch rule.rule {
        case .range:
            guard let field = rule.field, let kind = kind(field), kind != .real else { return [] }
            return ["\(field) is no column of numbers"]
        case .enumeration, .length, .regex, .type, .dateFormat:
            guard let field = rule.field, let kind = kind(field), !texts.contains(kind) else { return [] }
            return ["\(field) is no column of texts"]
        case .compare:
            guard let (one, two) = rule.field.flatMap({ field in rule.otherField.map { (field, $0) } }),
                let left = kind(one), let right = kind(two),
                left != right, !(texts.contains(left) && texts.contains(right))
            else { return [] }
            return ["\(one) and \(two) are not of one kind, and never compared"]
        case .boundingBox, .coordinates, .requiredIf, .unique: return []
        }
    }

    /// Columns that a rule looks at and no mapping fills: it would never find anything, or in every record.
    /// - Parameter mapped: and those of which it is told anyway that they are not.
    static func unmappedFaults(in rule: ValidationRule, mapped: Set<String>) -> [String] {
        let isOfPlaces = rule.rule == .coordinates || rule.rule == .boundingBox
        let fields = [rule.field, rule.otherField, rule.whenField] + (isOfPlaces ? ["latitude", "longitude"] : [])
        return fields.compactMap(\.self).filter { !mapped.contains($0) }.map { "\($0) is not mapped" }
    }

    private static func needsField(_ rule: ValidationRule) -> Bool {
        switch rule.rule {
        case .coordinates, .boundingBox: false
        case .enumeration, .length, .range, .regex, .type, .dateFormat, .unique, .compare, .requiredIf: true
        }
    }

    private static func faults(inPattern pattern: String?) -> [String] {
        guard let pattern else { return ["it needs a pattern"] }
        do throws(PatternFault) {
            _ = try TextPattern(pattern)
            return []
        } catch {
            return ["the pattern cannot be used: \(error)"]
        }
    }
}
