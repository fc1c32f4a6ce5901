package import RouteSolver

/// A problem read from a file, and how the file's community counts its cost.
package struct RouteFile: Sendable {
    package var name: String
    package var problem: Problem
    /// What the solver's cost is multiplied with to compare it with published ones.
    package var costFactor: Double
    /// How a `.sol` file numbers the stops: the number of the first one.
    package var firstStopNumber: Int

    package init(name: String, problem: Problem, costFactor: Double = 1, firstStopNumber: Int = 1) {
        self.name = name
        self.problem = problem
        self.costFactor = costFactor
        self.firstStopNumber = firstStopNumber
    }
}

/// What is wrong with a file, and where.
package struct RouteFileError: Error, CustomStringConvertible, Equatable {
    package let file: String
    /// Counted from 1; nil: the file as a whole.
    package let line: Int?
    package let reason: String

    package init(file: String, line: Int?, reason: String) {
        self.file = file
        self.line = line
        self.reason = reason
    }

    package var description: String { "\(file)\(line.map { ":\($0)" } ?? ""): \(reason)" }
}
