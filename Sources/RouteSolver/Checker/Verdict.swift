/// What a plan costs, and what it breaks.
package struct Verdict: Sendable {
    package var cost = CostBreakdown()
    package var violations: [Violation] = []

    package var isFeasible: Bool { violations.isEmpty }
}

/// A plan's cost by its sources.
package struct CostBreakdown: Sendable, Equatable {
    package var travel = 0.0
    package var fixed = 0.0
    package var duration = 0.0
    /// Prizes of stops that were left out.
    package var prizes = 0.0
    package var balance = 0.0
    package var churn = 0.0

    package var total: Double { travel + fixed + duration + prizes + balance + churn }
}

/// A rule that a plan breaks, where, and by how much.
package struct Violation: Sendable, Equatable, CustomStringConvertible {
    package enum Rule: String, Sendable {
        case unknown = "there is no such stop, vehicle or day"
        case unserved = "must be served, and is not"
        case visitedTwice = "is visited twice on a day"
        case days = "is not visited on the days of any of its patterns"
        case vehicle = "is visited by more than one vehicle"
        case start = "is visited from more than one place where routes begin"
        case vehicleCount = "has more routes on a day than vehicles"
        case vehicleDays = "does not drive on the day"
        case capacity = "carries too much"
        case stops = "has too many stops"
        case duration = "is on its way too long"
        case window = "is reached too late"
        case shift = "is back too late"
        case forbidden = "must not be visited by the vehicle"
        case position = "does not stand at its pinned position"
    }

    package let rule: Rule
    package var stop: Int?
    package var vehicle: Int?
    package var day: Int?
    /// In the unit of the rule; 1 where it is only kept or broken.
    package var amount: Double

    package var description: String {
        var place: [String] = []
        if let stop { place.append("stop \(stop)") }
        if let vehicle { place.append("vehicle \(vehicle)") }
        if let day { place.append("day \(day)") }
        return "\(place.joined(separator: ", ")): \(rule.rawValue)" + (amount == 1 ? "" : ", by \(amount)")
    }
}
