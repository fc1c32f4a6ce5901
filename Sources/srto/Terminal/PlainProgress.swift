import Domain

/// Progress as lines of a log: one for each tenth that a stage gains, and no more.
struct PlainProgress: Sendable {
    private var tenths: [ImportStage: Int] = [:]

    /// The lines that are new since the last call.
    mutating func lines(_ board: ProgressBoard) -> [String] {
        board.rows.compactMap { row in
            let tenth = Int(row.fraction * 10)
            guard tenth > tenths[row.stage] ?? 0 else { return nil }
            tenths[row.stage] = tenth
            let line = "\(row.stage.rawValue) \(tenth * 10) %"
            let amount = row.told.amountWords
            return amount.isEmpty ? line : "\(line) (\(amount))"
        }
    }
}
