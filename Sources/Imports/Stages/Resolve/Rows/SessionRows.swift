import Domain
import Tabular

/// All staged rows of one table of a session, in input order, with only what duplicates and references need: about
/// 45 bytes a row and its key.
struct SessionRows {
    /// What was found about a row.
    struct Finding {
        /// What it is, and what the words need to know of it.
        enum Kind {
            /// Another row has the key and wins.
            case duplicate(winner: UInt32)
            case keyExists
            /// Planning has another value in the column, which is the finding's own.
            case kept
            /// Another row has the value.
            case notUnique(first: UInt32)
            /// A row of the catalog keeps the value; by position among the columns of unique ones.
            case taken(unique: UInt8, by: UniqueTexts.Owner)
            /// By its position among the table's references, and the number of the value.
            case unknownReference(reference: UInt8, value: UInt32)
            /// The importer lacks IMPORT_DATA where the row is, or where it would be.
            case forbidden(isFormer: Bool)
            case misplaced(level: HierarchyLevel, parent: HierarchyLevel, isOwn: Bool)
        }

        let row: UInt32
        let kind: Kind
        /// One more than the position in `findingValues`; 0 for none.
        let value: UInt32
        let column: UInt8
        let severity: IssueSeverity
    }

    /// The rows of one chunk begin at `first`.
    private struct Span {
        let chunk: Int
        let first: Int
        /// Their keys, one after the other.
        let keys: [UInt8]
    }

    let references: References
    private(set) var hashes: [Hash128] = []
    /// Indexes among the file's data records.
    private(set) var records: [UInt32] = []
    /// Physical lines, 1-based.
    private(set) var lines: [UInt32] = []
    private(set) var refused: [Bool] = []
    /// What each row refers to, by reference column: 0 for null, else one more than the number in `values`.
    private(set) var codes: [[UInt32]]
    /// Distinct texts by reference column.
    private(set) var values: [ByteTable]
    /// In no particular order, until `sortFindings`.
    private(set) var findings: [Finding] = []
    private var findingValues = ByteTable()
    private var spans: [Span] = []
    /// Where each key ends among its chunk's.
    private var keyEnds: [UInt32] = []
    private var index = KeyIndex()
    /// One for each of the references' columns of unique texts.
    var uniques: [UniqueTexts] = []
    /// By row, whether it is refused and what the catalog has for it has been counted as kept; empty before any was.
    var keepsFormer: [Bool] = []

    /// - Parameter rows: how many there will be at most: what grows by doubling takes twice its room for a while.
    init(references: References, rows: Int = 0) {
        self.references = references
        values = [ByteTable](repeating: ByteTable(), count: references.columns.count)
        codes = [[UInt32]](repeating: [], count: references.columns.count)
        hashes.reserveCapacity(rows)
        records.reserveCapacity(rows)
        lines.reserveCapacity(rows)
        refused.reserveCapacity(rows)
        keyEnds.reserveCapacity(rows)
        for slot in codes.indices { codes[slot].reserveCapacity(rows) }
    }

    var count: Int { records.count }

    /// Adds the rows of the next chunk in input order.
    mutating func append(_ staged: StagedKeys, chunk: Int) {
        spans.append(Span(chunk: chunk, first: count, keys: Array(staged.keys)))
        records += staged.records
        lines += staged.lines
        refused += repeatElement(false, count: staged.records.count)
        for row in staged.records.indices {
            hashes.append(Hash128(high: staged.hashes[2 * row], low: staged.hashes[2 * row + 1]))
        }
        keyEnds += staged.keyEnds
        for slot in codes.indices {
            let texts = staged.values[slot]
            let translated =
                [0]
                + texts.ends.indices.map { number in
                    texts[number].withUnsafeBytes { UInt32(values[slot].insert($0) + 1) }
                }
            codes[slot] += staged.references[slot].map { translated[Int($0)] }
        }
    }

    /// A row's primary key.
    func key(_ row: Int) -> String {
        let span = spans[spanIndex(row)]
        let start = row == span.first ? 0 : Int(keyEnds[row - 1])
        return String(decoding: span.keys[start..<Int(keyEnds[row])], as: UTF8.self)
    }

    /// The text that a row has in a column that resolve needs; nil for null.
    func text(_ row: Int, column: Int) -> String? {
        guard let slot = references.columns.firstIndex(of: column), codes[slot][row] != 0 else { return nil }
        return values[slot].text(Int(codes[slot][row]) - 1)
    }

    /// The chunk that a row came from, and its position among the chunk's staged rows.
    func place(_ row: Int) -> (chunk: Int, position: Int) {
        let span = spans[spanIndex(row)]
        return (span.chunk, row - span.first)
    }

    /// The value of a finding that brought its own.
    func value(of finding: Finding) -> String? {
        finding.value == 0 ? nil : findingValues.text(Int(finding.value) - 1)
    }

    /// The row with a key that is no duplicate's.
    func row(of key: Hash128) -> Int? { index.row(of: key, hashes) }

    /// The hashes of the distinct texts of a reference column.
    func hashes(ofSlot slot: Int) -> [Hash128] {
        values[slot].bytes.withUnsafeBytes { bytes in
            (0..<values[slot].count).map { number in
                StableHash.hash128(UnsafeRawBufferPointer(rebasing: bytes[values[slot].range(number)]))
            }
        }
    }

    /// The rows of a chunk.
    func rows(ofChunk chunk: Int) -> Range<Int>? {
        guard let index = spans.firstIndex(where: { $0.chunk == chunk }) else { return nil }
        return spans[index].first..<(index + 1 < spans.count ? spans[index + 1].first : count)
    }

    private func spanIndex(_ row: Int) -> Int {
        var low = 0
        var high = spans.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if spans[middle].first <= row { low = middle } else { high = middle }
        }
        return low
    }

    /// Notes what was found about a row, and refuses the row when it is an error.
    /// - Parameter value: what the report shows in place of what `kind` names.
    mutating func note(
        _ row: Int, _ kind: Finding.Kind, column: Int, value: String? = nil, severity: IssueSeverity = .error
    ) {
        var number = 0
        if var value { number = value.withUTF8 { findingValues.insert(UnsafeRawBufferPointer($0)) } + 1 }
        findings.append(
            Finding(
                row: UInt32(row), kind: kind, value: UInt32(number), column: UInt8(column), severity: severity))
        if severity == .error { refused[row] = true }
    }

    /// Of several rows with one key the last in input order stands for it.
    /// - Parameter areRefused: whether the others are refused; else they are added to it.
    mutating func findDuplicates(areRefused: Bool) {
        index = KeyIndex(capacity: count)
        for row in hashes.indices.reversed() {
            guard let winner = index.insert(row, hashes), areRefused else { continue }
            note(row, .duplicate(winner: UInt32(winner)), column: 0)
        }
    }

    /// Whether a row with this key is left.
    func survives(_ key: Hash128) -> Bool { index.row(of: key, hashes).map { !refused[$0] } ?? false }

    /// Brings the findings into input order; of one row they stay in the order in which they were made.
    mutating func sortFindings() {
        findings = findings.enumerated().sorted { ($0.element.row, $0.offset) < ($1.element.row, $1.offset) }
            .map(\.element)
    }

    /// The findings about some rows, once they are sorted.
    func findings(about rows: Range<Int>) -> ArraySlice<Finding> {
        findings[firstFinding(from: rows.lowerBound)..<firstFinding(from: rows.upperBound)]
    }

    private func firstFinding(from row: Int) -> Int {
        var low = 0
        var high = findings.count
        while low < high {
            let middle = (low + high) / 2
            if Int(findings[middle].row) < row { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
