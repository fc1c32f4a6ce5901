import Domain
import Tabular

/// Which rows of the catalog have texts that the session brings in a column where each stands once: 12 bytes a row, and the keys of
/// rows that the session does not have.
struct UniqueTexts {
    /// A row of the catalog, and which of the session's texts it has.
    struct Holder {
        /// One more than the text's number.
        let code: UInt32
        let owner: Owner
    }

    /// Whose row it is.
    enum Owner {
        /// The session's row of the same key.
        case row(UInt32)
        /// Nobody's of the session; its key, by number.
        case absent(UInt32)
    }

    let unique: References.Unique
    /// Whether a row of the session without a text leaves what the catalog has.
    let keepsWhatIsEmpty: Bool
    private(set) var holders: [Holder] = []
    private var keys = ByteTable()

    init(_ unique: References.Unique, keepsWhatIsEmpty: Bool) {
        self.unique = unique
        self.keepsWhatIsEmpty = keepsWhatIsEmpty
    }

    /// Adds a row of the catalog.
    /// - Parameters:
    ///   - text: its number among the session's.
    ///   - row: the session's row of its key; nil when there is none.
    mutating func add(_ key: UnsafeRawBufferPointer, has text: Int, row: Int?) {
        let owner: Owner = row.map { .row(UInt32($0)) } ?? .absent(UInt32(keys.insert(key)))
        holders.append(Holder(code: UInt32(text + 1), owner: owner))
    }

    /// The key of a row that the session does not have.
    func key(_ number: Int) -> String { keys.text(number) }
}

extension SessionRows {
    /// Reads which texts the catalog has that must be unique, before they are held against each other.
    mutating func findHolders(
        in table: EntityTable, keepsWhatIsEmpty: (Int) -> Bool, _ texts: Resolution.Texts
    ) throws {
        for unique in references.uniques {
            var found = UniqueTexts(unique, keepsWhatIsEmpty: keepsWhatIsEmpty(unique.column))
            let values = values[unique.slot]
            if values.count > 0 {
                try texts(table, unique.column) { key, text in
                    guard let number = values.number(of: text) else { return }
                    found.add(key, has: number, row: row(of: StableHash.hash128(key)))
                }
            }
            uniques.append(found)
        }
    }

    /// Of several rows with one text in a column where each stands once, notes all but one: that which has it in the catalog, or
    /// else the first that is left.
    mutating func noteRepeated() {
        for texts in uniques {
            let slot = texts.unique.slot
            var kept = [UInt32](repeating: 0, count: values[slot].count + 1)
            for holder in texts.holders {
                if case .row(let row) = holder.owner, !refused[Int(row)], codes[slot][Int(row)] == holder.code {
                    kept[Int(holder.code)] = row + 1
                }
            }
            for (row, code) in codes[slot].enumerated() where code != 0 && !refused[row] {
                if kept[Int(code)] == 0 {
                    kept[Int(code)] = UInt32(row + 1)
                } else if hashes[Int(kept[Int(code)] - 1)] != hashes[row] {
                    // Rows of one key are one row in the end.
                    note(
                        row, .notUnique(first: kept[Int(code)] - 1), column: texts.unique.column,
                        severity: texts.unique.severity)
                }
            }
        }
    }

    /// Notes rows whose text another row keeps that only the catalog has, or of which the session's is refused. Returns whether
    /// there were any.
    /// - Parameter areMissingGone: whether rows that the session does not have go.
    mutating func noteTaken(_ severity: IssueSeverity, areMissingGone: Bool) -> Bool {
        var notedSome = false
        for (position, texts) in uniques.enumerated() where texts.unique.severity == severity {
            let keepers = texts.holders.filter { keeps($0, texts, areMissingGone: areMissingGone) }
            if keepers.isEmpty { continue }
            let byCode = Dictionary(grouping: keepers, by: \.code)
            for (row, code) in codes[texts.unique.slot].enumerated() where code != 0 && !refused[row] {
                guard let other = byCode[code]?.first(where: { !isOwned($0, by: row) }) else { continue }
                note(
                    row, .taken(unique: UInt8(position), by: other.owner), column: texts.unique.column,
                    severity: severity)
                notedSome = true
            }
        }
        return notedSome
    }

    /// Whether a row of the catalog will have its text when the session is merged, and not by a row of the session that has been held
    /// against the others.
    private func keeps(_ holder: UniqueTexts.Holder, _ texts: UniqueTexts, areMissingGone: Bool) -> Bool {
        guard case .row(let row) = holder.owner else { return !areMissingGone }
        if refused[Int(row)] { return true }
        return codes[texts.unique.slot][Int(row)] == 0 && texts.keepsWhatIsEmpty
    }

    /// Whether a row of the session has the key of a row of the catalog.
    private func isOwned(_ holder: UniqueTexts.Holder, by row: Int) -> Bool {
        if case .row(let other) = holder.owner { hashes[Int(other)] == hashes[row] } else { false }
    }
}
