package import RouteSolver

/// Plans in CVRPLIB's `.sol` format.
package enum SolutionFile {
    /// - Parameter cost: as the file's community counts it.
    package static func write(_ plan: Plan, cost: Double, of file: RouteFile) -> String {
        var lines: [String] = []
        for (index, route) in plan.routes.enumerated() {
            let stops = route.stops.map { String($0 + file.firstStopNumber) }.joined(separator: " ")
            lines.append("Route #\(index + 1): \(stops)")
        }
        lines.append("Cost \(costText(cost))")
        return lines.joined(separator: "\n") + "\n"
    }

    /// A whole number without decimals, any other with two.
    package static func costText(_ cost: Double) -> String {
        guard abs(cost - cost.rounded()) > 1e-6, let hundredths = Int(exactly: (cost * 100).rounded()) else {
            return Int(exactly: cost.rounded()).map(String.init) ?? "\(cost)"
        }
        let fraction = String(abs(hundredths) % 100)
        return "\(hundredths / 100)." + (fraction.count == 1 ? "0" + fraction : fraction)
    }

    /// The cost that a `.sol` file names.
    package static func cost(in text: String) -> Double? {
        for line in text.split(whereSeparator: \.isNewline) {
            let words = line.split(whereSeparator: \.isWhitespace)
            if words.count >= 2, words[0].lowercased() == "cost" { return Double(words[1]) }
        }
        return nil
    }
}
