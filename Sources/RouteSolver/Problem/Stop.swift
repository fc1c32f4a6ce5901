/// What is to be visited: once, or several times over the horizon.
package struct Stop: Sendable {
    /// Where in its route a visit must stand.
    package enum Position: Sendable, Equatable {
        case first, last
        /// So many visits come before it.
        case after(Int)
    }

    package var place: Int
    /// What one visit takes of each of the vehicle's capacities; missing ones are nothing.
    package var demand: [Double]
    package var serviceTime: Double
    /// A visit begins in one of these, on whichever day it falls. Waiting is allowed.
    package var windows: [TimeWindow]
    /// What leaving it out costs; nil: it must be served.
    package var prize: Double?
    /// The vehicles that may visit it; nil: all.
    package var allowedVehicles: Set<Int>?
    package var forbiddenVehicles: Set<Int>
    package var position: Position?
    package var visits: VisitRule

    package init(
        place: Int, demand: [Double] = [], serviceTime: Double = 0, windows: [TimeWindow] = [.always],
        prize: Double? = nil, allowedVehicles: Set<Int>? = nil, forbiddenVehicles: Set<Int> = [],
        position: Position? = nil, visits: VisitRule = .once
    ) {
        self.place = place
        self.demand = demand
        self.serviceTime = serviceTime
        self.windows = windows
        self.prize = prize
        self.allowedVehicles = allowedVehicles
        self.forbiddenVehicles = forbiddenVehicles
        self.position = position
        self.visits = visits
    }

    package func allows(vehicle: Int) -> Bool {
        !forbiddenVehicles.contains(vehicle) && (allowedVehicles?.contains(vehicle) ?? true)
    }
}
