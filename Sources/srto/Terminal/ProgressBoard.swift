import Domain

/// How far each stage of an import is, and the lines that show it.
struct ProgressBoard: Sendable, Equatable {
    /// One line of the board.
    struct Row: Sendable, Equatable {
        var told: ImportProgress.Stage
        /// Whether the import has gone on to the next stage.
        var isPassed = false

        init(stage: ImportStage) { told = .init(name: stage, done: 0, total: 0, unit: "") }

        var stage: ImportStage { told.name }

        /// 0...1.
        var fraction: Double { isPassed ? 1 : told.share }

        /// Takes what is newer: nothing that was shown is taken back, as a state read after a restart may be older.
        mutating func take(_ newer: ImportProgress.Stage) {
            if newer.share >= told.share { told = newer }
        }
    }

    private(set) var rows = ImportStage.allCases.map { Row(stage: $0) }

    private static let nameWidth = 9
    private static let amountWidth = 44

    /// So many bytes were uploaded. The client knows better than the server.
    mutating func uploaded(_ bytes: Int64, of total: Int64) {
        rows[0].told = .init(name: .upload, done: bytes, total: total, unit: "bytes")
    }

    /// The import stands so.
    mutating func show(_ standing: ImportStanding) {
        let isDone = standing.status == .completed && standing.isFinished
        let current = rows.firstIndex { $0.stage == standing.stage } ?? 0
        for index in rows.indices {
            rows[index].isPassed = rows[index].isPassed || isDone || index < current
            guard index > 0, let told = standing.stages.first(where: { $0.name == rows[index].stage }) else { continue }
            rows[index].take(told)
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
            let amount = row.told.amountWords.clipped(to: room, ellipsis: "")
            let line =
                "\(row.stage.rawValue.padded(to: Self.nameWidth)) \(style.painted(bar, colour)) "
                + "\(String(percent).padded(to: 3, onLeft: true)) %"
            return amount.isEmpty ? line : "\(line)  \(amount)"
        }
    }
}
