import Domain
import Tabular

/// Columns in which each text stands once, among the session's rows and in the catalog.
extension SessionRows {
    /// A text that a row of the catalog keeps, by position among the columns of unique ones.
    private struct Kept {
        let unique: Int
        let code: UInt32
    }

    /// Reads which texts the catalog has that must be unique, before they are held against each other.
    /// - Parameters:
    ///   - keepsWhatIsEmpty: by column, whether a row of the session without a text leaves what the catalog has.
    ///   - goes: whether a row goes that the session does not have.
    mutating func findFormerTexts(
        in table: EntityTable, keepsWhatIsEmpty: (Int) -> Bool, goes: @escaping (UnsafeRawBufferPointer) -> Bool,
        _ texts: Resolution.Texts
    ) throws {
        for unique in references.uniques {
            var found = UniqueTexts(unique, rows: count)
            let values = values[unique.slot]
            let keepsWhatIsEmpty = keepsWhatIsEmpty(unique.column)
            if values.count > 0 {
                try texts(table, unique.column, true) { key, text in
                    guard let number = text.flatMap(values.number) else { return }
                    let code = UInt32(number + 1)
                    if let row = row(of: StableHash.hash128(key)) {
                        found.add(row, had: code)
                        if keepsWhatIsEmpty, codes[unique.slot][row] == 0 { found.keep(code, .row(UInt32(row))) }
                    } else if !goes(key) {
                        found.add(absent: key, has: code)
                    }
                }
            }
            uniques.append(found)
        }
    }

    /// Of several rows with one text notes all but one: that which has it in the catalog, or else the first that is left.
    mutating func noteRepeated() {
        for texts in uniques {
            let slot = texts.unique.slot
            var kept = [UInt32](repeating: 0, count: values[slot].count + 1)
            for (row, code) in texts.former.enumerated() where code != 0 && !refused[row] && codes[slot][row] == code {
                kept[Int(code)] = UInt32(row + 1)
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

    /// Refuses rows whose text another row keeps, in the catalog only or because the session's is refused; what these would have
    /// given up is kept in turn. Each row is looked at twice at most, however long such a chain is and however many rows share a text.
    /// Returns whether it refused any.
    mutating func refuseTaken() -> Bool {
        if uniques.isEmpty { return false }
        var left: [Kept] = []
        if keepsFormer.isEmpty {
            keepsFormer = [Bool](repeating: false, count: count)
            for position in uniques.indices {
                left += uniques[position].keepers.keys.sorted().map { Kept(unique: position, code: $0) }
            }
        }
        for row in refused.indices where refused[row] { keepFormerTexts(of: row, &left) }
        var refusedSome = false
        while let kept = left.popLast() {
            let (column, severity) = (uniques[kept.unique].unique.column, uniques[kept.unique].unique.severity)
            if severity != .error { continue }
            let slot = uniques[kept.unique].unique.slot
            uniques[kept.unique].chain(codes[slot], texts: values[slot].count)
            var next = uniques[kept.unique].firstRow(with: kept.code)
            while let row = next {
                next = uniques[kept.unique].row(after: row)
                guard !refused[row], let other = keeper(of: kept.code, in: kept.unique, besides: row) else { continue }
                note(row, .taken(unique: UInt8(kept.unique), by: other), column: column)
                refusedSome = true
                keepFormerTexts(of: row, &left)
            }
        }
        return refusedSome
    }

    /// Warns of rows whose text another row keeps.
    mutating func warnOfTaken() {
        for position in uniques.indices where uniques[position].unique.severity == .warning {
            if uniques[position].keepers.isEmpty { continue }
            let (column, slot) = (uniques[position].unique.column, uniques[position].unique.slot)
            for (row, code) in codes[slot].enumerated() where code != 0 && !refused[row] {
                guard let other = keeper(of: code, in: position, besides: row) else { continue }
                note(row, .taken(unique: UInt8(position), by: other), column: column, severity: .warning)
            }
        }
    }

    /// A refused row keeps what the catalog has for it.
    private mutating func keepFormerTexts(of row: Int, _ left: inout [Kept]) {
        if keepsFormer[row] { return }
        keepsFormer[row] = true
        for position in uniques.indices {
            let code = uniques[position].former[row]
            guard code != 0, uniques[position].keep(code, .row(UInt32(row))) else { continue }
            left.append(Kept(unique: position, code: code))
        }
    }

    /// Who keeps a text, other than a row of the same key.
    private func keeper(of code: UInt32, in position: Int, besides row: Int) -> UniqueTexts.Owner? {
        uniques[position].keepers[code]?.first { owner in
            if case .row(let other) = owner { hashes[Int(other)] != hashes[row] } else { true }
        }
    }
}
