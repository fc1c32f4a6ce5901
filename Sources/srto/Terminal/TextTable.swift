/// Rows under headings, in columns just wide enough.
struct TextTable: Sendable {
    enum Alignment: Sendable {
        case left, right
    }

    struct Column: Sendable {
        var title: String
        var alignment: Alignment

        init(_ title: String, _ alignment: Alignment = .left) {
            self.title = title
            self.alignment = alignment
        }
    }

    private let columns: [Column]
    private var rows: [[String]] = []
    private var lastIsTotal = false
    private static let gap = 2

    init(_ columns: [Column]) {
        self.columns = columns
    }

    var isEmpty: Bool { rows.isEmpty }

    /// Adds a row; what it lacks at its end is empty.
    mutating func add(_ cells: [String]) {
        rows.append(columns.indices.map { $0 < cells.count ? cells[$0].printable : "" })
    }

    /// Adds a last row, under a line.
    mutating func addTotal(_ cells: [String]) {
        add(cells)
        lastIsTotal = true
    }

    /// The table's lines. Where they would be wider than the terminal, the widest column of texts is cut.
    func lines(_ style: TerminalStyle) -> [String] {
        let widths = widths(within: style.isInteractive ? style.width : .max)
        let rule = line(widths.map { String(repeating: style.hasUnicode ? "─" : "-", count: $0) }, widths, style)
        var lines = [line(columns.map(\.title), widths, style), rule]
        for (position, row) in rows.enumerated() {
            if lastIsTotal, position == rows.count - 1 { lines.append(rule) }
            lines.append(line(row, widths, style))
        }
        return lines
    }

    private func widths(within limit: Int) -> [Int] {
        var widths = columns.indices.map { column in
            rows.map { $0[column].displayWidth }.reduce(columns[column].title.displayWidth, max)
        }
        while true {
            let excess = widths.reduce(0, +) + Self.gap * (widths.count - 1) - limit
            guard excess > 0 else { return widths }
            let texts = columns.indices.filter { columns[$0].alignment == .left && widths[$0] > Self.narrowest }
            guard let widest = texts.max(by: { widths[$0] < widths[$1] }) else { return widths }
            // Down to the next widest first, so that no single column bears it all.
            let next = texts.filter { $0 != widest }.map { widths[$0] }.max() ?? Self.narrowest
            widths[widest] = max(Self.narrowest, widths[widest] - excess, min(next, widths[widest] - 1))
        }
    }

    private static let narrowest = 8

    private func line(_ cells: [String], _ widths: [Int], _ style: TerminalStyle) -> String {
        let padded = columns.indices.map { column in
            cells[column].clipped(to: widths[column], ellipsis: style.hasUnicode ? "…" : "~")
                .padded(to: widths[column], onLeft: columns[column].alignment == .right)
        }
        let joined = padded.joined(separator: String(repeating: " ", count: Self.gap))
        return String(joined.reversed().drop { $0 == " " }.reversed())
    }
}
