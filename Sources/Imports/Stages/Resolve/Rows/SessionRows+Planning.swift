import Domain
import Tabular

/// Columns that planning owns.
extension SessionRows {
    /// Warns of rows for which the catalog has something else in such a column: the merge keeps that.
    /// - Parameters:
    ///   - isKept: by chunk, whether its rows leave the column alone.
    ///   - keepsWhatIsEmpty: whether a row without a text would leave it alone in any case.
    mutating func warnOfKept(
        _ planned: References.Planned, in table: EntityTable, isKept: [Bool], keepsWhatIsEmpty: Bool,
        _ texts: Resolution.Texts
    ) throws {
        try texts(table, planned.column, false) { key, text in
            guard let row = row(of: StableHash.hash128(key)), !refused[row] else { return }
            let code = Int(codes[planned.slot][row])
            if code == 0, text == nil || keepsWhatIsEmpty { return }
            if code > 0, let text, values[planned.slot].number(of: text) == code - 1 { return }
            guard isKept[place(row).chunk] else { return }
            let theirs = text.map { String(decoding: $0, as: UTF8.self) }
            note(row, .kept, column: planned.column, value: theirs, severity: .warning)
        }
    }
}
