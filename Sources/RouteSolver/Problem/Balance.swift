/// Work spread evenly over the vehicles, as a price.
///
/// The measure is monotone: more work never costs less, so that no route gets longer only to look even (Matl, Hartl and
/// Vidal 2017, "Workload equity in vehicle routing problems"). It is the sum over the vehicles of the squared workload over
/// the whole horizon, and a price on what stands below a floor or above a ceiling.
package struct Balance: Sendable {
    package enum Measure: Sendable { case duration, distance, stops }

    package var measure: Measure
    /// The price of a squared unit of workload.
    package var weight: Double
    package var floor: Double
    package var ceiling: Double
    /// The price of a unit below the floor or above the ceiling.
    package var boundPrice: Double

    package init(
        measure: Measure, weight: Double, floor: Double = 0, ceiling: Double = .infinity, boundPrice: Double = 0
    ) {
        self.measure = measure
        self.weight = weight
        self.floor = floor
        self.ceiling = ceiling
        self.boundPrice = boundPrice
    }

    /// What one vehicle's workload costs.
    package func price(_ workload: Double) -> Double {
        weight * workload * workload + boundPrice * (max(0, floor - workload) + max(0, workload - ceiling))
    }
}

/// A price on every visit that goes to another vehicle, or falls on another day, than in the plan that people are used to.
package struct Churn: Sendable {
    /// The plan of today; it may be infeasible, and may miss stops, for which nothing is charged.
    package var plan: Plan
    package var pricePerChange: Double

    package init(plan: Plan, pricePerChange: Double) {
        self.plan = plan
        self.pricePerChange = pricePerChange
    }
}
