import RouteSolver

/// The fleet: identical vehicles are counted, others listed one by one in sections numbered from 1.
extension VRPLIBReader {
    /// What distinguishes one vehicle from another.
    private struct Kind: Hashable {
        var depot: Int
        var capacity: Double
        var fixedCost: Double
        var unitCost: Double
    }

    func fleet(_ depots: [Int]) throws(RouteFileError) -> [Vehicle] {
        let count = try text.whole("VEHICLES")
        if let count, count < 1 { throw text.text.error(text.headers["VEHICLES"]?.line, "there are \(count) vehicles") }
        let shift = try shift()
        let limit = try maximumDuration()
        guard let count, hasSections else {
            let capacity = try text.number("CAPACITY")
            // A salesman travels alone.
            let isTSP = type == "TSP"
            return depots.map {
                Vehicle(
                    count: isTSP ? 1 : count, start: $0, shift: shift, maximumDuration: limit,
                    capacities: capacity.map { [$0] } ?? [])
            }
        }
        var kinds: [Kind] = []
        var counts: [Kind: Int] = [:]
        for kind in try vehicles(count, depots) {
            if counts[kind] == nil { kinds.append(kind) }
            counts[kind, default: 0] += 1
        }
        return kinds.enumerated().map { index, kind in
            Vehicle(
                name: "kind \(index + 1)", count: counts[kind], start: kind.depot, shift: shift,
                maximumDuration: limit, capacities: [kind.capacity], fixedCost: kind.fixedCost,
                costPerDistance: kind.unitCost)
        }
    }

    private static let sections = [
        "CAPACITY_SECTION", "VEHICLES_FIXED_COST_SECTION", "VEHICLES_UNIT_DISTANCE_COST_SECTION",
        "VEHICLES_DEPOT_SECTION",
    ]

    private var hasSections: Bool { Self.sections.contains { text.sections[$0] != nil } }

    private func vehicles(_ count: Int, _ depots: [Int]) throws(RouteFileError) -> [Kind] {
        let capacities = try text.rows("CAPACITY_SECTION", count: count, width: 1)
        let fixed = try text.rows("VEHICLES_FIXED_COST_SECTION", count: count, width: 1)
        let unit = try text.rows("VEHICLES_UNIT_DISTANCE_COST_SECTION", count: count, width: 1)
        let homes = try text.rows("VEHICLES_DEPOT_SECTION", count: count, width: 1)
        let capacity = try text.number("CAPACITY") ?? .infinity
        var vehicles: [Kind] = []
        for index in 0..<count {
            let home = Int(homes?[index][0] ?? 1)
            guard depots.contains(home - 1) else {
                throw text.text.error(
                    text.sections["VEHICLES_DEPOT_SECTION"]?.title, "vehicle \(index + 1) lives at \(home), no depot")
            }
            vehicles.append(
                Kind(
                    depot: home - 1, capacity: capacities?[index][0] ?? capacity,
                    fixedCost: fixed?[index][0] ?? 0, unitCost: unit?[index][0] ?? 1))
        }
        return vehicles
    }

    private func shift() throws(RouteFileError) -> TimeWindow {
        guard let window = try text.rows("TIME_WINDOW_SECTION", count: dimension, width: 2)?.first else {
            return .always
        }
        return TimeWindow(from: window[0] * convention.scale, until: window[1] * convention.scale)
    }

    /// `DISTANCE` limits distance and service together; `VEHICLES_MAX_DURATION` the whole time.
    private func maximumDuration() throws(RouteFileError) -> Double {
        let distance = try text.number("DISTANCE")
        let duration = try text.number("VEHICLES_MAX_DURATION")
        return min(distance ?? .infinity, duration ?? .infinity) * convention.scale
    }
}
