import Domain

/// A lookup table ready for use: keys trimmed and folded, so that the many spellings of a value meet.
struct LookupTable: Sendable {
    private let values: [String: String]

    init(_ source: LookupSource) {
        let pairs = (source.entries ?? [:]).map { (Self.fold($0.key), $0.value) }
        // Equal after folding: the one that sorts first, so that every run chooses alike.
        values = Dictionary(pairs.sorted { $0.1 < $1.1 }) { first, _ in first }
    }

    /// The value for a key; nil when the table does not know it.
    func value(_ key: String) -> String? { values[key] ?? values[Self.fold(key)] }

    private static func fold(_ text: String) -> String {
        text.trimming { $0.isWhitespace }.uppercased()
    }
}

extension StringProtocol {
    /// The text without leading and trailing characters of a kind.
    func trimming(_ isTrimmed: (Character) -> Bool) -> String {
        guard let first = firstIndex(where: { !isTrimmed($0) }), let last = lastIndex(where: { !isTrimmed($0) })
        else { return "" }
        return String(self[first...last])
    }
}
