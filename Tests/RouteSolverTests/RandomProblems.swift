@testable import RouteSolver

/// Problems drawn from a seed, each asking for a mixture of everything that can be asked.
enum RandomProblems {
    static func problem(seed: UInt64) -> Problem {
        var random = Random(seed: seed)
        func chance(_ part: Double) -> Bool { random.unit() < part }
        let (days, depots) = (chance(0.4) ? 1 + random.below(5) : 1, 1 + random.below(3))
        let count = 8 + random.below(60)
        let places = (0..<count + depots).map { _ in Place(x: random.unit() * 1_000, y: random.unit() * 1_000) }
        let isTimed = chance(0.5)
        let kinds = chance(0.5) ? 1 : 2 + random.below(3)
        let capacities = 1 + random.below(3)
        let hasRules = chance(0.3)
        let hasPins = chance(0.2)
        let hasPrizes = chance(0.4)
        let isBalanced = chance(0.3)
        let isTight = chance(0.5)
        let vehicles = (0..<kinds).map { _ in
            Vehicle(
                count: isBalanced ? 1 : isTight ? 1 + random.below(3) : nil, start: random.below(depots),
                end: chance(0.3) ? random.below(depots) : nil,
                shift: isTimed ? TimeWindow(from: 0, until: 6_000) : .always,
                maximumDuration: chance(0.5) ? 2_000 + random.unit() * 3_000 : .infinity,
                maximumStops: chance(0.2) ? 6 : nil,
                capacities: (0..<capacities).map { _ in 20 + random.unit() * 40 },
                fixedCost: chance(0.5) ? 300 : 0, costPerDistance: chance(0.3) ? 0.5 + random.unit() : 1,
                costPerDuration: chance(0.2) ? 0.3 : 0, timePerDistance: chance(0.3) ? 1.5 : 1,
                days: chance(0.2) ? 0b10111 : .max)
        }
        let stops = (0..<count).map { index in
            var stop = Stop(place: depots + index, demand: (0..<capacities).map { _ in random.unit() * 8 })
            stop.serviceTime = random.unit() * 60
            if isTimed, chance(0.7) {
                stop.windows = (0...(chance(0.3) ? 1 : 0)).map { part in
                    let from = Double(part) * 2_500 + random.unit() * 1_500
                    return TimeWindow(from: from, until: from + 200 + random.unit() * 600)
                }
            }
            if hasPrizes, chance(0.5) { stop.prize = random.unit() * 800 }
            if hasRules, chance(0.4) { stop.forbiddenVehicles = [random.below(kinds)] }
            if hasPins, chance(0.15) { stop.position = [.first, .last, .after(random.below(4))][random.below(3)] }
            if days > 1 {
                stop.visits = chance(0.5) ? .once : .every(frequency: 1 + random.below(2), minimumGap: 1, maximumGap: 5)
            }
            return stop
        }
        let roundings: [any Travel] = [EuclideanTravel(.exact), EuclideanTravel(.nearest), EuclideanTravel(.down)]
        var problem = Problem(
            places: places, stops: stops, vehicles: vehicles, travel: roundings[random.below(3)], days: days)
        if isBalanced {
            problem.balance = Balance(
                measure: [.duration, .distance, .stops][random.below(3)], weight: 0.01, floor: 100, ceiling: 4_000,
                boundPrice: 1)
        }
        if chance(0.2) { problem.travel = table(of: problem, random: &random) }
        if chance(0.3) {
            let former = (0..<count / 4).map { Plan.Route(vehicle: 0, day: 0, stops: [$0]) }
            problem.churn = Churn(plan: Plan(routes: former), pricePerChange: 50)
        }
        return problem
    }

    /// One of several days, whose vehicles begin at three places, and whose stops keep to one vehicle or one place; every
    /// second one such that local search knows all that it asks for.
    static func consistent(seed: UInt64) -> Problem {
        var problem = problem(seed: seed)
        var random = Random(seed: seed)
        let isPlain = seed.isMultiple(of: 2)
        problem.days = 3 + random.below(3)
        // Where the former plan's visits fall is of no use on other days.
        problem.churn = nil
        problem.consistency = random.below(2) == 0 ? .vehicle : .start
        problem.vehicles = (0..<6).map { index in
            var vehicle = problem.vehicles[index % problem.vehicles.count]
            vehicle.start = index % 3
            if problem.consistency == .vehicle { vehicle.count = 1 }
            guard isPlain else { return vehicle }
            (vehicle.maximumStops, vehicle.costPerDuration) = (nil, 0)
            vehicle.capacities = [vehicle.capacities[0]]
            return vehicle
        }
        if isPlain { (problem.balance, problem.travel) = (nil, EuclideanTravel(.exact)) }
        for stop in problem.stops.indices {
            if isPlain { (problem.stops[stop].forbiddenVehicles, problem.stops[stop].position) = ([], nil) }
            problem.stops[stop].visits = .every(frequency: 1 + stop % 3, minimumGap: 1, maximumGap: 5)
        }
        return problem
    }

    /// A table that is not symmetric, of the problem's own distances.
    private static func table(of problem: Problem, random: inout Random) -> TravelMatrix {
        let count = problem.places.count
        var distances: [Double] = []
        for from in 0..<count {
            for to in 0..<count {
                let line = problem.travel.distance(from: from, to: to, places: problem.places)
                distances.append(from == to ? 0 : line * (1 + random.unit() / 4))
            }
        }
        return TravelMatrix(distances: distances, durations: random.unit() < 0.5 ? distances.map { $0 * 1.1 } : nil)
    }
}
