/// When a route is where.
struct Timetable {
    private let route: Plan.Route
    private let vehicle: Vehicle
    private let problem: Problem
    private let places: [Int]

    init(_ route: Plan.Route, _ vehicle: Vehicle, _ problem: Problem) {
        self.route = route
        self.vehicle = vehicle
        self.problem = problem
        places = [vehicle.start] + route.stops.map { problem.stops[$0].place } + [vehicle.end]
    }

    /// What happens to a vehicle that leaves at a time and waits only where it must.
    func drive(from departure: Double) -> (end: Double, delays: [(stop: Int, by: Double)]) {
        var time = departure
        var delays: [(stop: Int, by: Double)] = []
        for (index, number) in route.stops.enumerated() {
            let stop = problem.stops[number]
            time += travel(places[index], places[index + 1])
            // The first window that is not over; where all are, service begins late.
            if let window = stop.windows.filter({ $0.until >= time - 1e-9 }).min(by: { $0.from < $1.from }) {
                time = max(time, window.from)
            } else {
                delays.append((number, time - (stop.windows.map(\.until).max() ?? time)))
            }
            time += stop.serviceTime
        }
        time += travel(places[places.count - 2], places[places.count - 1])
        return (time, delays)
    }

    /// The shortest time from departure to return, over all departures that break no window and no shift; where there are none,
    /// that of the earliest departure.
    ///
    /// The best departure is the earliest one, or reaches some window just as it opens without waiting before it.
    func shortestDuration() -> Double {
        let earliest = drive(from: vehicle.shift.from)
        var best = earliest.end - vehicle.shift.from
        let undisturbed =
            places.indices.dropLast().reduce(0) { $0 + travel(places[$1], places[$1 + 1]) }
            + route.stops.reduce(0) { $0 + problem.stops[$1].serviceTime }
        guard best > undisturbed + 1e-9 else { return best }
        var lead = 0.0
        for (index, number) in route.stops.enumerated() {
            lead += travel(places[index], places[index + 1])
            for window in problem.stops[number].windows {
                for departure in [window.from - lead, window.until - lead] where departure > vehicle.shift.from {
                    let driven = drive(from: departure)
                    if driven.delays.isEmpty, driven.end <= vehicle.shift.until + 1e-9 {
                        best = min(best, driven.end - departure)
                    }
                }
            }
            lead += problem.stops[number].serviceTime
        }
        return best
    }

    private func travel(_ from: Int, _ to: Int) -> Double {
        problem.travel.duration(from: from, to: to, places: problem.places)
            ?? problem.travel.distance(from: from, to: to, places: problem.places) * vehicle.timePerDistance
    }
}
