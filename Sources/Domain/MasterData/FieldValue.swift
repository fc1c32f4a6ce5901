/// One cell of a master data row.
package enum FieldValue: Sendable, Hashable {
    case null
    case text(String)
    case real(Double)
    case integer(Int64)

    /// The text of a text cell, nil for every other kind.
    package var text: String? {
        if case .text(let value) = self { value } else { nil }
    }

    /// Whether the cell holds nothing.
    package var isNull: Bool { self == .null }
}
