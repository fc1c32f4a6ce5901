import Domain

/// How far each stage of an import is, and the lines that show it.
struct ProgressBoard: Sendable, Equatable {
    /// One line of the board.
    struct Row: Sendable, Equatable {
        let stage: ImportStage
        var done: Int64 = 0
        var total: Int64 = 0
        /// What is counted: `bytes`, `records`, `territories` or `steps`.
        var unit = ""
        /// Whether the import has gone on to the next stage.
        var isPassed = false

        /// 0...1.
        var fraction: Double {
            if isPassed { return 1 }
            return total > 0 ? min(1, Double(done) / Double(total)) : 0
        }
    }

    private(set) var rows = ImportStage.allCases.map { Row(stage: $0) }

    private static let nameWidth = 9
    private static let amountWidth = 24

    /// So many bytes were uploaded. The client knows better than the server.
    mutating func uploaded(_ bytes: Int64, of total: Int64) {
        rows[0].done = bytes
        rows[0].total = total
        rows[0].unit = "bytes"
    }

    /// The import stands so. What a stage reached once is not taken back: a state read after a restart may be older.
    mutating func show(_ standing: ImportStanding) {
        let isDone = standing.status == .completed && standing.isFinished
        let current = rows.firstIndex { $0.stage == standing.stage } ?? 0
        for index in rows.indices {
            rows[index].isPassed = rows[index].isPassed || isDone || index < current
            guard index > 0, let told = standing.stages.first(where: { $0.name == rows[index].stage }) else { continue }
            rows[index].total = told.total
            rows[index].done = max(rows[index].done, told.done)
            rows[index].unit = told.unit
        }
    }

    /// One line per stage, none wider than the terminal.
    func lines(_ style: TerminalStyle) -> [String] {
        let cells = min(40, max(10, style.width - Self.nameWidth - Self.amountWidth - 9))
        return rows.map { row in
            let percent = Int(row.fraction * 100)
            let bar = ProgressBar.render(row.fraction, cells: cells, unicode: style.hasUnicode)
            let colour: TerminalStyle.Colour = row.fraction >= 1 ? .green : row.fraction > 0 ? .cyan : .dim
            let room = max(0, style.width - Self.nameWidth - cells - 9)
            let amount = row.amount.clipped(to: room, ellipsis: "")
            let line =
                "\(row.stage.rawValue.padded(to: Self.nameWidth)) \(style.painted(bar, colour)) "
                + "\(String(percent).padded(to: 3, onLeft: true)) %"
            return amount.isEmpty ? line : "\(line)  \(amount)"
        }
    }
}

extension ProgressBoard.Row {
    /// How much of how much, in the stage's own unit; empty where that says no more than the bar.
    var amount: String {
        guard total > 0 else { return "" }
        switch unit {
        case "bytes": return "\(done.bytes) of \(total.bytes)"
        case "steps": return ""
        default: return "\(done.grouped) of \(total.grouped) \(unit)"
        }
    }
}
