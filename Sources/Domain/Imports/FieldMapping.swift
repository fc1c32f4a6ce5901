/// How one target column is filled from a record.
package struct FieldMapping: Sendable, Codable, Equatable {
    /// How the source text becomes the target's.
    package enum Transform: String, Sendable, Codable, CaseIterable {
        case upper = "UPPER"
        case lower = "LOWER"
        /// Source dates in `format` become ISO 8601 dates.
        case dateFormat = "DATE_FORMAT"
        /// The source is a key of `lookupTable`, compared trimmed and without regard to case.
        case lookup = "LOOKUP"
        /// `value`, whatever the record holds.
        case const = "CONST"
        /// `prefix` and the non-empty source fields joined with `separator`; empty when all are empty.
        case concat = "CONCAT"
        /// `prefix` and 16 hexadecimal digits over the source fields: a key for files that have none.
        case contentHash = "CONTENT_HASH"
        /// An amount of money such as `$1,234.50` becomes a number, multiplied by `factor`.
        case amount = "AMOUNT"
    }

    package var targetField: String
    package var sourceField: String?
    /// Several columns: the first non-empty one counts, save for CONCAT and CONTENT_HASH, which take all.
    package var sourceFields: [String]?
    package var transform: Transform?
    package var lookupTable: String?
    /// Stands in where the source is empty or a lookup does not know it.
    package var defaultValue: String?
    package var format: String?
    package var value: String?
    package var prefix: String?
    package var separator: String?
    package var factor: Double?

    package init(targetField: String) { self.targetField = targetField }

    /// The source columns, in order.
    package var sources: [String] { sourceFields ?? sourceField.map { [$0] } ?? [] }
}
