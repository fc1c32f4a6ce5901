/// Prices plans and finds what they break, from the problem alone: it shares no code with the search, so that neither can
/// hide the other's mistakes.
package struct Checker {
    /// What rounding may take away from a limit.
    private static let tolerance = 1e-6

    private let problem: Problem
    private var verdict = Verdict()
    private var work: [Double]
    /// The days on which each stop is visited.
    private var days: [UInt64]

    /// Checks a whole plan.
    package static func check(_ plan: Plan, of problem: Problem) -> Verdict {
        var checker = Checker(problem)
        for route in plan.routes { checker.check(route) }
        checker.checkCounts(plan)
        checker.checkVisits()
        checker.checkConsistency(plan)
        checker.priceWork()
        checker.priceChanges(plan)
        return checker.verdict
    }

    private init(_ problem: Problem) {
        self.problem = problem
        work = [Double](repeating: 0, count: problem.vehicles.count)
        days = [UInt64](repeating: 0, count: problem.stops.count)
    }

    private mutating func report(
        _ rule: Violation.Rule, stop: Int? = nil, _ route: Plan.Route? = nil, by amount: Double = 1
    ) {
        verdict.violations.append(
            Violation(rule: rule, stop: stop, vehicle: route?.vehicle, day: route?.day, amount: amount))
    }

    // MARK: One route

    private mutating func check(_ route: Plan.Route) {
        let isKnown =
            problem.vehicles.indices.contains(route.vehicle) && (0..<problem.days).contains(route.day)
            && route.stops.allSatisfy { problem.stops.indices.contains($0) }
        guard isKnown else { return report(.unknown, route) }
        guard !route.stops.isEmpty else { return }
        let vehicle = problem.vehicles[route.vehicle]
        if vehicle.days & (1 << UInt64(route.day)) == 0 { report(.vehicleDays, route) }
        for (index, number) in route.stops.enumerated() { checkVisit(number, at: index, of: route) }
        checkLoads(route, vehicle)

        let places = [vehicle.start] + route.stops.map { problem.stops[$0].place } + [vehicle.end]
        var distance = 0.0
        for (from, to) in zip(places, places.dropFirst()) {
            distance += problem.travel.distance(from: from, to: to, places: problem.places)
        }
        verdict.cost.travel += vehicle.costPerDistance * distance
        verdict.cost.fixed += vehicle.fixedCost
        let duration = checkTimes(route, vehicle)
        verdict.cost.duration += vehicle.costPerDuration * duration
        switch problem.balance?.measure {
        case .duration: work[route.vehicle] += duration
        case .distance: work[route.vehicle] += distance
        case .stops: work[route.vehicle] += Double(route.stops.count)
        case nil: break
        }
    }

    private mutating func checkVisit(_ number: Int, at index: Int, of route: Plan.Route) {
        let stop = problem.stops[number]
        let day: UInt64 = 1 << UInt64(route.day)
        if days[number] & day != 0 { report(.visitedTwice, stop: number, route) }
        days[number] |= day
        if !stop.allows(vehicle: route.vehicle) { report(.forbidden, stop: number, route) }
        let isPlaced =
            switch stop.position {
            case .first: index == 0
            case .last: index == route.stops.count - 1
            case .after(let count): index == count
            case nil: true
            }
        if !isPlaced { report(.position, stop: number, route) }
    }

    private mutating func checkLoads(_ route: Plan.Route, _ vehicle: Vehicle) {
        for (kind, capacity) in vehicle.capacities.enumerated() {
            let load = route.stops.reduce(0.0) {
                let demand = problem.stops[$1].demand
                return $0 + (kind < demand.count ? demand[kind] : 0)
            }
            if load > capacity + Self.tolerance { report(.capacity, route, by: load - capacity) }
        }
        if let limit = vehicle.maximumStops, route.stops.count > limit {
            report(.stops, route, by: Double(route.stops.count - limit))
        }
    }

    private mutating func checkTimes(_ route: Plan.Route, _ vehicle: Vehicle) -> Double {
        let timetable = Timetable(route, vehicle, problem)
        let earliest = timetable.drive(from: vehicle.shift.from)
        for (stop, delay) in earliest.delays where delay > Self.tolerance {
            report(.window, stop: stop, route, by: delay)
        }
        if earliest.end > vehicle.shift.until + Self.tolerance {
            report(.shift, route, by: earliest.end - vehicle.shift.until)
        }
        let duration = timetable.shortestDuration()
        if duration > vehicle.maximumDuration + Self.tolerance {
            report(.duration, route, by: duration - vehicle.maximumDuration)
        }
        return duration
    }

    // MARK: The whole plan

    private mutating func checkCounts(_ plan: Plan) {
        var counts: [Int: [Int: Int]] = [:]
        for route in plan.routes where !route.stops.isEmpty {
            counts[route.vehicle, default: [:]][route.day, default: 0] += 1
        }
        for (vehicle, days) in counts.sorted(by: { $0.key < $1.key }) where problem.vehicles.indices.contains(vehicle) {
            guard let limit = problem.vehicles[vehicle].count else { continue }
            for (day, count) in days.sorted(by: { $0.key < $1.key }) where count > limit {
                report(.vehicleCount, Plan.Route(vehicle: vehicle, day: day, stops: []), by: Double(count - limit))
            }
        }
    }

    private mutating func checkVisits() {
        for (number, stop) in problem.stops.enumerated() {
            guard days[number] == 0 else {
                if !stop.visits.patterns(days: problem.days).contains(days[number]) { report(.days, stop: number) }
                continue
            }
            if let prize = stop.prize { verdict.cost.prizes += prize } else { report(.unserved, stop: number) }
        }
    }

    private mutating func checkConsistency(_ plan: Plan) {
        guard let consistency = problem.consistency else { return }
        var visitors: [Int: Set<Int>] = [:]
        for route in plan.routes where problem.vehicles.indices.contains(route.vehicle) {
            let visitor = consistency == .vehicle ? route.vehicle : problem.vehicles[route.vehicle].start
            for stop in route.stops { visitors[stop, default: []].insert(visitor) }
        }
        for (stop, different) in visitors.sorted(by: { $0.key < $1.key }) where different.count > 1 {
            report(consistency == .vehicle ? .vehicle : .start, stop: stop, by: Double(different.count - 1))
        }
    }

    private mutating func priceWork() {
        guard let balance = problem.balance else { return }
        for work in work {
            let bounds = max(0, balance.floor - work) + max(0, work - balance.ceiling)
            verdict.cost.balance += balance.weight * work * work + balance.boundPrice * bounds
        }
    }

    private mutating func priceChanges(_ plan: Plan) {
        guard let churn = problem.churn else { return }
        var former: [Int: [Int: Int]] = [:]
        for route in churn.plan.routes {
            for stop in route.stops { former[stop, default: [:]][route.day] = route.vehicle }
        }
        for route in plan.routes {
            for stop in route.stops {
                guard let visits = former[stop], visits[route.day] != route.vehicle else { continue }
                verdict.cost.churn += churn.pricePerChange
            }
        }
    }
}
