import Domain
import Tabular

/// All staged rows of one table of a session, in input order, with only what duplicates and references need: about
/// 60 bytes a row.
struct SessionRows {
    /// One staged row.
    struct Row {
        let key: Hash128
        let chunk: UInt32
        /// Position among the chunk's staged rows.
        let position: UInt32
        let record: UInt32
        let line: UInt32
        var refused = false
    }

    let references: References
    private(set) var rows: [Row] = []
    /// Distinct texts by reference column.
    private(set) var values: [[String]]
    private var codes: [[Hash128: UInt32]]
    /// References of all rows, one after the other; 0 for null, else one more than the position in `values`.
    private var referenceCodes: [UInt32] = []
    private var keyBytes: [UInt8] = []
    private var keyEnds: [Int] = []

    init(references: References) {
        self.references = references
        values = [[String]](repeating: [], count: references.columns.count)
        codes = [[Hash128: UInt32]](repeating: [:], count: references.columns.count)
    }

    /// Adds the rows of the next chunk in input order.
    mutating func append(_ keys: StagedKeys, chunk: Int) {
        let translated = keys.values.enumerated().map { slot, texts in texts.map { code(of: $0, slot) } }
        for (position, row) in keys.rows.enumerated() {
            let key = Array(row.key.utf8)
            rows.append(
                Row(
                    key: StableHash.hash128(key), chunk: UInt32(chunk), position: UInt32(position),
                    record: row.record, line: row.line))
            keyBytes += key
            keyEnds.append(keyBytes.count)
            for (slot, reference) in row.references.enumerated() {
                referenceCodes.append(reference == 0 ? 0 : translated[slot][Int(reference) - 1])
            }
        }
    }

    private mutating func code(of text: String, _ slot: Int) -> UInt32 {
        let hash = text.exactHash
        if let known = codes[slot][hash] { return known }
        values[slot].append(text)
        let code = UInt32(values[slot].count)
        codes[slot][hash] = code
        return code
    }

    /// A row's primary key.
    func key(_ row: Int) -> String {
        String(decoding: keyBytes[(row == 0 ? 0 : keyEnds[row - 1])..<keyEnds[row]], as: UTF8.self)
    }

    /// What a row refers to in a reference column: 0 for null, else one more than the position in `values`.
    func code(_ row: Int, _ slot: Int) -> Int {
        Int(referenceCodes[row * references.columns.count + slot])
    }

    mutating func refuse(_ row: Int) { rows[row].refused = true }

    /// Keys of the rows that are not refused.
    func survivingKeys() -> Set<Hash128> {
        Set(rows.lazy.filter { !$0.refused }.map(\.key))
    }
}
