/// Everything that a plan must respect, and what it is priced by.
///
/// Units are the caller's own, as long as they agree: one unit of distance throughout, one unit of time throughout.
/// Stops, vehicles and places are named by their index.
package struct Problem: Sendable {
    /// Where things are; what a place's numbers mean is the travel model's affair.
    package var places: [Place]
    package var stops: [Stop]
    package var vehicles: [Vehicle]
    package var travel: any Travel
    /// The length of the horizon in days, 1 to 64. Every vehicle drives at most one route a day.
    package var days: Int
    package var balance: Balance?
    package var churn: Churn?
    package var consistency: Consistency?

    package init(
        places: [Place], stops: [Stop], vehicles: [Vehicle], travel: any Travel, days: Int = 1,
        balance: Balance? = nil, churn: Churn? = nil, consistency: Consistency? = nil
    ) {
        self.places = places
        self.stops = stops
        self.vehicles = vehicles
        self.travel = travel
        self.days = days
        self.balance = balance
        self.churn = churn
        self.consistency = consistency
    }
}

/// A point: planar coordinates, or longitude (`x`) and latitude (`y`) in degrees.
package struct Place: Sendable, Equatable {
    package var x: Double
    package var y: Double

    package init(x: Double, y: Double) {
        self.x = x
        self.y = y
    }
}

/// A time from which and a time until which; both may be infinite.
package struct TimeWindow: Sendable, Equatable {
    package static let always = TimeWindow(from: 0, until: .infinity)

    package var from: Double
    package var until: Double

    package init(from: Double, until: Double) {
        self.from = from
        self.until = until
    }
}
