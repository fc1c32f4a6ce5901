import Foundation
import RouteFiles
import RouteSolver

/// The live line of a search: drawn over on a terminal, a new line for each tenth of the time elsewhere.
struct SolveProgressLine: Sendable {
    private let instance: InstanceFile
    private let seconds: Double
    private let console: Console
    private var tenth = -1

    init(instance: InstanceFile, seconds: Double, console: Console) {
        self.instance = instance
        self.seconds = seconds
        self.console = console
    }

    mutating func show(_ progress: SolverProgress) {
        let line = Self.text(progress, instance)
        if console.errorStyle.isInteractive {
            draw("\r\u{1B}[K" + line.prefix(console.errorStyle.width - 1))
            return
        }
        let now = Int(progress.elapsedSeconds / seconds * 10)
        guard now > tenth else { return }
        tenth = now
        console.error(line)
    }

    func clear() {
        if console.errorStyle.isInteractive { draw("\r\u{1B}[K") }
    }

    static func text(_ progress: SolverProgress, _ instance: InstanceFile) -> String {
        let cost = progress.bestCost * instance.file.costFactor
        var parts = ["\(progress.elapsedSeconds.tenths) s", "cost \(SolutionFile.costText(cost))"]
        if let gap = instance.gap(cost) { parts.append(String(format: "gap %.2f %%", gap)) }
        if progress.unserved > 0 { parts.append("\(progress.unserved.grouped) stops left out") }
        parts.append("\(progress.iterations.grouped) iterations")
        return parts.joined(separator: "   ")
    }

    private func draw(_ text: String) {
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    }
}
