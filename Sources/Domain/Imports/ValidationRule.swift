/// A check of one record's mapped values, or of one column over all records of a session.
package struct ValidationRule: Sendable, Codable, Equatable {
    /// What is checked. Empty cells pass every rule but the first and REQUIRED_IF.
    package enum Rule: String, Sendable, Codable, CaseIterable {
        /// Latitude and longitude: both or none, on the globe, not 0,0. An empty pair is a warning.
        case coordinates = "COORDINATES"
        /// Coordinates inside the given box, degrees; or inside the one of `boxes` that the value of `field` names, such as
        /// a country's.
        case boundingBox = "BOUNDING_BOX"
        /// One of `values`.
        case enumeration = "ENUM"
        /// At least `minimum` and at most `maximum` characters.
        case length = "LENGTH"
        /// Between `minimum` and `maximum`, both included.
        case range = "RANGE"
        /// The whole text fits `pattern` (see docs/schemas.md for what a pattern may hold).
        case regex = "REGEX"
        /// The text reads as `type`.
        case type = "TYPE"
        /// The text is a date in `format`.
        case dateFormat = "DATE_FORMAT"
        /// No other record of the session has the value; the first one in input order keeps it.
        case unique = "UNIQUE"
        /// `field` stands to `otherField` as `comparison` says: numbers as numbers, texts by their bytes.
        case compare = "COMPARE"
        /// `field` is there when `whenField` holds one of `whenValues`, or, without these, anything.
        case requiredIf = "REQUIRED_IF"
    }

    /// What a text must read as.
    package enum ValueType: String, Sendable, Codable, CaseIterable {
        case integer = "INTEGER"
        case number = "NUMBER"
        case boolean = "BOOLEAN"
        /// ISO 8601, `2026-11-24`.
        case date = "DATE"
    }

    /// How two fields stand to each other.
    package enum Comparison: String, Sendable, Codable, CaseIterable {
        case less = "<"
        case lessOrEqual = "<="
        case equal = "="
        case unequal = "!="
        case greaterOrEqual = ">="
        case greater = ">"
    }

    /// A box on the globe, degrees; a side left out is open.
    package struct Box: Sendable, Codable, Equatable {
        package var minLatitude: Double?
        package var maxLatitude: Double?
        package var minLongitude: Double?
        package var maxLongitude: Double?

        package init(minLatitude: Double?, maxLatitude: Double?, minLongitude: Double?, maxLongitude: Double?) {
            self.minLatitude = minLatitude
            self.maxLatitude = maxLatitude
            self.minLongitude = minLongitude
            self.maxLongitude = maxLongitude
        }

        /// Whether a place lies in it, its sides included.
        package func contains(latitude: Double, longitude: Double) -> Bool {
            latitude >= minLatitude ?? -90 && latitude <= maxLatitude ?? 90 && longitude >= minLongitude ?? -180
                && longitude <= maxLongitude ?? 180
        }
    }

    package init(
        rule: Rule, field: String? = nil, severity: IssueSeverity? = nil, minimum: Double? = nil,
        maximum: Double? = nil
    ) {
        self.rule = rule
        self.field = field
        self.severity = severity
        self.minimum = minimum
        self.maximum = maximum
    }

    package var rule: Rule
    package var field: String?
    package var severity: IssueSeverity?
    package var values: [String]?
    package var minimum: Double?
    package var maximum: Double?
    package var minLatitude: Double?
    package var maxLatitude: Double?
    package var minLongitude: Double?
    package var maxLongitude: Double?
    package var boxes: [String: Box]?
    package var pattern: String?
    package var type: ValueType?
    package var format: String?
    package var comparison: Comparison?
    package var otherField: String?
    package var whenField: String?
    package var whenValues: [String]?

    /// The rule's own box.
    package var box: Box {
        Box(
            minLatitude: minLatitude, maxLatitude: maxLatitude, minLongitude: minLongitude, maxLongitude: maxLongitude)
    }
}
