import Foundation
import RouteFiles
import RouteSolver

/// What `srto solve` prints when it is over.
struct SolveResult: Encodable {
    let instance: String
    let cost: Double
    let bestKnown: Double?
    let gapPercent: Double?
    /// What no plan costs less than, where the solver has such a bound.
    let bound: Double?
    let boundGapPercent: Double?
    let routes: Int
    let stops: Int
    let leftOut: Int
    let iterations: Int
    let seconds: Double
    let feasible: Bool
    let violations: [String]

    init(_ outcome: SolverOutcome, _ instance: InstanceFile) {
        self.instance = instance.file.name
        cost = outcome.verdict.cost.total * instance.file.costFactor
        bestKnown = instance.bestKnown
        gapPercent = instance.gap(cost)
        bound = outcome.progress.bound.map { $0 * instance.file.costFactor }
        boundGapPercent = outcome.progress.gapToBound
        routes = outcome.plan.routes.count
        stops = instance.file.problem.stops.count
        leftOut = outcome.progress.unserved
        iterations = outcome.progress.iterations
        seconds = outcome.progress.elapsedSeconds
        feasible = outcome.verdict.isFeasible
        violations = outcome.verdict.violations.map(\.description)
    }

    /// A bound that is farther away says nothing of a plan.
    private static let tellingPercent = 30.0

    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    func text() -> String {
        var lines = ["\(instance): cost \(SolutionFile.costText(cost)), \(routes) routes, \(stops.grouped) stops"]
        if let gapPercent, let bestKnown {
            lines[0] += String(format: ", gap %.3f %% to ", gapPercent) + SolutionFile.costText(bestKnown)
        }
        if let boundGapPercent, boundGapPercent <= Self.tellingPercent, let bound {
            let least = SolutionFile.costText(bound.rounded())
            lines.append("no plan costs less than \(least); this one is \(boundGapPercent.tenths) % above that")
        }
        if leftOut > 0 { lines.append("\(leftOut.grouped) stops are left out") }
        lines.append("\(iterations.grouped) iterations in \(seconds.tenths) s")
        lines += violations.prefix(20).map { "broken: \($0)" }
        if violations.count > 20 { lines.append("and \(violations.count - 20) more rules") }
        return lines.joined(separator: "\n")
    }
}
