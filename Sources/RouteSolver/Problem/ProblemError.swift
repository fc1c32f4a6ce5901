/// A problem that no search could be started on, every fault listed.
package struct ProblemError: Error, CustomStringConvertible {
    package let faults: [String]

    package var description: String { faults.joined(separator: "\n") }
}

extension Problem {
    /// Checks what the types do not hold.
    ///
    /// - Throws: all faults at once, each naming the stop or vehicle.
    package func validate() throws(ProblemError) {
        var faults: [String] = []
        if stops.isEmpty { faults.append("there is no stop to visit") }
        if vehicles.isEmpty { faults.append("there is no vehicle") }
        if !(1...64).contains(days) { faults.append("the horizon has \(days) days; 1 to 64 can be planned") }
        for place in places.indices where !places[place].x.isFinite || !places[place].y.isFinite {
            faults.append("place \(place) has a coordinate that is not a number")
        }
        for stop in stops.indices { faults += stops[stop].faults(self).map { "stop \(stop): \($0)" } }
        for vehicle in vehicles.indices { faults += vehicles[vehicle].faults(self).map { "vehicle \(vehicle): \($0)" } }
        faults += travelFaults() + referenceFaults()
        guard faults.isEmpty else { throw ProblemError(faults: faults) }
    }

    private func travelFaults() -> [String] {
        if travel is EuclideanTravel || travel is GeographicTravel { return [] }
        if let matrix = travel as? TravelMatrix, matrix.distances.count != places.count * places.count {
            return ["the travel table has \(matrix.distances.count) entries for \(places.count) places"]
        }
        if places.count > TravelMatrix.maximumPlaces {
            return ["a travel table is good for \(TravelMatrix.maximumPlaces) places, here are \(places.count)"]
        }
        return []
    }

    private func referenceFaults() -> [String] {
        var faults: [String] = []
        for route in churn?.plan.routes ?? [] {
            if !vehicles.indices.contains(route.vehicle) || !(0..<days).contains(route.day) {
                faults.append("the existing plan names vehicle \(route.vehicle) on day \(route.day)")
            }
            for stop in route.stops where !stops.indices.contains(stop) {
                faults.append("the existing plan names stop \(stop)")
            }
        }
        if balance != nil, vehicles.contains(where: { $0.count != 1 }) {
            faults.append("work can be balanced only between vehicles of count 1")
        }
        if consistency == .vehicle, vehicles.contains(where: { $0.count != 1 }) {
            faults.append("a stop's visits can be kept with one vehicle only where vehicles have count 1")
        }
        return faults
    }
}

extension Stop {
    fileprivate func faults(_ problem: Problem) -> [String] {
        var faults: [String] = []
        if !problem.places.indices.contains(place) { faults.append("there is no place \(place)") }
        if demand.contains(where: { !($0 >= 0 && $0.isFinite) }) { faults.append("its demand is \(demand)") }
        if !(serviceTime >= 0 && serviceTime.isFinite) { faults.append("its service time is \(serviceTime)") }
        if windows.isEmpty || windows.count > 255 || windows.contains(where: { !($0.from <= $0.until) }) {
            faults.append("its time windows are \(windows)")
        }
        if let prize, !(prize >= 0 && prize.isFinite) { faults.append("its prize is \(prize)") }
        if case .after(let count) = position, count < 0 { faults.append("it is pinned to come after \(count) visits") }
        let patterns = visits.patterns(days: problem.days)
        if patterns.isEmpty { faults.append("its visits fit no days of the horizon") }
        if patterns.contains(where: { $0 == 0 || (problem.days < 64 && $0 >> UInt64(problem.days) != 0) }) {
            faults.append("one of its day patterns is empty or names a day that is not in the horizon")
        }
        return faults
    }
}

extension Vehicle {
    fileprivate func faults(_ problem: Problem) -> [String] {
        var faults: [String] = []
        for place in [start, end] where !problem.places.indices.contains(place) {
            faults.append("there is no place \(place)")
        }
        if (count ?? 1) < 1 { faults.append("its count is \(count ?? 0)") }
        if capacities.contains(where: { !($0 >= 0) }) { faults.append("its capacities are \(capacities)") }
        if !(shift.from <= shift.until && shift.from.isFinite) { faults.append("its shift is \(shift)") }
        if !(maximumDuration >= 0) { faults.append("its maximum duration is \(maximumDuration)") }
        let prices = [fixedCost, costPerDistance, costPerDuration, timePerDistance]
        if prices.contains(where: { !($0 >= 0 && $0.isFinite) }) { faults.append("one of its prices is \(prices)") }
        return faults
    }
}
