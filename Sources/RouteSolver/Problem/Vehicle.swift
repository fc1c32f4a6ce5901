/// A salesperson's day, or as many like it as there are.
package struct Vehicle: Sendable {
    package var name: String
    /// How many of them there are each day; nil: as many as it takes.
    package var count: Int?
    /// The place where its routes begin.
    package var start: Int
    /// The place where its routes end.
    package var end: Int
    /// The earliest departure and the latest return.
    package var shift: TimeWindow
    /// The longest time from departure to return: travel, service and waiting.
    package var maximumDuration: Double
    package var maximumStops: Int?
    /// How much it carries of each kind; kinds that are missing here are not limited.
    package var capacities: [Double]
    /// What it costs to leave the depot at all.
    package var fixedCost: Double
    package var costPerDistance: Double
    package var costPerDuration: Double
    /// Time that a unit of distance takes.
    package var timePerDistance: Double
    /// The days on which it drives, day 0 in the lowest bit.
    package var days: UInt64

    package init(
        name: String = "", count: Int? = 1, start: Int, end: Int? = nil, shift: TimeWindow = .always,
        maximumDuration: Double = .infinity, maximumStops: Int? = nil, capacities: [Double] = [],
        fixedCost: Double = 0, costPerDistance: Double = 1, costPerDuration: Double = 0,
        timePerDistance: Double = 1, days: UInt64 = .max
    ) {
        self.name = name
        self.count = count
        self.start = start
        self.end = end ?? start
        self.shift = shift
        self.maximumDuration = maximumDuration
        self.maximumStops = maximumStops
        self.capacities = capacities
        self.fixedCost = fixedCost
        self.costPerDistance = costPerDistance
        self.costPerDuration = costPerDuration
        self.timePerDistance = timePerDistance
        self.days = days
    }
}
