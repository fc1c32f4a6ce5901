import Synchronization

/// Shows an import's progress: bars that are drawn over on a terminal, lines elsewhere, nothing when silent.
final class ProgressDisplay: Sendable {
    private struct State {
        var board = ProgressBoard()
        var plain = PlainProgress()
        var drawnLines = 0
        var lastDrawn: ContinuousClock.Instant?
    }

    private let state = Mutex(State())
    private let console: Console
    private let style: TerminalStyle
    private let isSilent: Bool
    /// Twenty pictures a second are enough for an eye.
    private static let pause = Duration.milliseconds(50)

    /// - Parameter isSilent: shows nothing at all, for programs that read the result.
    init(console: Console, isSilent: Bool) {
        self.console = console
        self.style = console.errorStyle
        self.isSilent = isSilent
    }

    /// So many bytes were uploaded.
    func uploaded(_ bytes: Int64, of total: Int64) {
        change(force: bytes == total) { $0.uploaded(bytes, of: total) }
    }

    /// The import stands so.
    func show(_ standing: ImportStanding) {
        change(force: standing.isFinished) { $0.show(standing) }
    }

    /// Says something above the bars.
    func say(_ text: String) {
        guard !isSilent else { return }
        state.withLock { state in
            let board = style.isInteractive && state.drawnLines > 0 ? state.board.lines(style) : []
            console.error(erasure(state.drawnLines) + style.painted(text.printable, .yellow))
            if !board.isEmpty { console.error(board.joined(separator: "\n")) }
            state.drawnLines = board.count
        }
    }

    /// Draws what was held back.
    func finish() {
        change(force: true) { _ in }
    }

    private func change(force: Bool, _ body: (inout ProgressBoard) -> Void) {
        guard !isSilent else { return }
        state.withLock { state in
            body(&state.board)
            guard style.isInteractive else {
                for line in state.plain.lines(state.board) { console.error(line) }
                return
            }
            let now = ContinuousClock.now
            if !force, let last = state.lastDrawn, now - last < Self.pause { return }
            state.lastDrawn = now
            let lines = state.board.lines(style)
            console.error(erasure(state.drawnLines) + lines.joined(separator: "\n"))
            state.drawnLines = lines.count
        }
    }

    /// Back to the first of the lines drawn, all below wiped.
    private func erasure(_ lines: Int) -> String {
        lines > 0 ? "\u{1B}[\(lines)F\u{1B}[J" : ""
    }
}
