/// A column of a master data table.
package struct Column: Sendable, Hashable {
    /// What a cell may hold. Dates are ISO 8601 text (`2026-11-24`), booleans the integers 0 and 1.
    package enum Kind: String, Sendable, Codable {
        case text, real, boolean, date, json
    }

    /// The specification's column name.
    package let name: String
    /// What its cells hold.
    package let kind: Kind
    /// Whether a row without it is refused.
    package let required: Bool
    /// The only texts that its cells may hold; nil for any.
    package let values: [String]?
    /// Whether an import may fill it; what is not imported the catalog sets itself.
    package let isImported: Bool

    /// Whether planning owns it: an import changes it in rows that are there only where its schema says so.
    package let isPlanned: Bool

    package init(
        _ name: String, _ kind: Kind = .text, required: Bool = false, values: [String]? = nil, isImported: Bool = true,
        isPlanned: Bool = false
    ) {
        self.name = name
        self.kind = kind
        self.required = required
        self.values = values
        self.isImported = isImported
        self.isPlanned = isPlanned
    }
}
