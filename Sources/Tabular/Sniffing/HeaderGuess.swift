/// Whether a table's first record names its columns: names differ in kind from what stands below them.
struct HeaderGuess {
    let hasHeader: Bool
    let confidence: Double
    let reason: String

    private static let maximumRecords = 100
    private static let maximumColumns = 64

    /// Looks at the first records of `text` in the dialect of `fit`.
    init(_ text: [UInt8], _ fit: DialectFit) {
        var reader = CSVReader(text, range: fit.preambleBytes..<text.count, dialect: fit.dialect)
        var records: [[[UInt8]]] = []
        while records.count < Self.maximumRecords, reader.next() {
            guard reader.defect == nil else { continue }
            records.append((0..<min(reader.fieldCount, Self.maximumColumns)).map { reader.unescaped($0) })
        }
        guard let first = records.first, records.count > 1 else {
            self.init(evidence: 0.2)
            return
        }
        var evidence = 0.0
        for (column, name) in first.enumerated() {
            evidence += Self.evidence(name, records.dropFirst().compactMap { $0.count > column ? $0[column] : nil })
        }
        let names = first.map { String(decoding: $0, as: UTF8.self).lowercased() }
        evidence += Set(names).count == names.count ? 0.3 : -0.5
        self.init(evidence: evidence)
    }

    private init(evidence: Double) {
        hasHeader = evidence >= 0
        let strength = 4 * evidence * evidence
        confidence = 1 - 0.4 / (1 + strength)
        reason =
            hasHeader
            ? "the first record names the columns" : "there is no header: the first record reads like the others"
    }

    /// Positive when `name` does not look like one of `cells`.
    private static func evidence(_ name: [UInt8], _ cells: [[UInt8]]) -> Double {
        let kind = CellShape(name[...], isQuoted: true, delimiter: 0).kind
        if kind == .blank { return -0.3 }
        let filled = cells.filter { CellShape($0[...], isQuoted: true, delimiter: 0).kind != .blank }
        let values = filled.count { CellShape($0[...], isQuoted: true, delimiter: 0).kind == .value }
        if !filled.isEmpty, values * 5 >= filled.count * 4 { return kind == .text ? 1 : -1.5 }
        if kind == .value || filled.contains(name) { return -1 }
        let lengths = Set(filled.map(\.count))
        if filled.count > 2, lengths.count == 1, !lengths.contains(name.count) { return 0.5 }
        return name.count <= 40 ? 0.1 : -0.2
    }
}
