/// Stops, visits and the fleet.
extension ModelDraft {
    // MARK: Stops

    var allowedWords: Int { (problem.vehicles.count + 63) / 64 }

    struct StopRules {
        var records: [StopRecord] = []
        var windows: [TimeWindow] = []
        var patterns: [UInt64] = []
        var allowed: [UInt64] = []
    }

    func stopRules() -> StopRules {
        var rules = StopRules()
        let price = mandatoryPrice()
        for index in original {
            let stop = problem.stops[index]
            let patterns = stop.visits.patterns(days: problem.days)
            let hasRules = stop.allowedVehicles != nil || !stop.forbiddenVehicles.isEmpty
            rules.records.append(
                StopRecord(
                    demand: stop.demand.first ?? 0, service: stop.serviceTime, price: stop.prize ?? price,
                    isMandatory: stop.prize == nil,
                    firstWindow: Int32(rules.windows.count), windowCount: Int32(stop.windows.count),
                    firstPattern: Int32(rules.patterns.count), patternCount: Int32(patterns.count),
                    rules: hasRules ? Int32(rules.allowed.count / allowedWords) : -1))
            rules.windows.append(contentsOf: stop.windows)
            rules.patterns.append(contentsOf: patterns)
            guard hasRules else { continue }
            var words = [UInt64](repeating: 0, count: allowedWords)
            for vehicle in problem.vehicles.indices where stop.allows(vehicle: vehicle) {
                words[vehicle / 64] |= 1 << UInt64(vehicle % 64)
            }
            rules.allowed.append(contentsOf: words)
        }
        return rules
    }

    /// What leaving out a stop that must be served counts as while the search lasts: more than any detour to it.
    func mandatoryPrice() -> Double {
        var worst = 1.0
        for vehicle in problem.vehicles {
            let far = problem.stops.map {
                problem.travel.distance(from: vehicle.start, to: $0.place, places: problem.places)
                    + problem.travel.distance(from: $0.place, to: vehicle.end, places: problem.places)
            }
            let trip = (far.max() ?? 0) * (vehicle.costPerDistance + vehicle.costPerDuration * vehicle.timePerDistance)
            worst = max(worst, trip + vehicle.fixedCost)
        }
        return 4 * worst + 4 * (problem.churn?.pricePerChange ?? 0)
    }

    func extraDemand() -> [Double] {
        guard features.extraCount > 0 else { return [] }
        let stopsCount = problem.vehicles.contains { $0.maximumStops != nil } ? [1.0] : []
        let capacities = features.extraCount - stopsCount.count
        return original.flatMap { index in
            let demand = problem.stops[index].demand
            return (0..<capacities).map { $0 + 1 < demand.count ? demand[$0 + 1] : 0 } + stopsCount
        }
    }

    func formerVehicles() -> [Int32] {
        guard let churn = problem.churn else { return [] }
        var former = [Int32](repeating: Features.noChurn, count: problem.stops.count * problem.days)
        let visits = churn.plan.routes.flatMap { route in route.stops.map { (renumbered[$0], route) } }
        for (stop, _) in visits {
            for day in 0..<problem.days { former[day * problem.stops.count + stop] = Features.alwaysChurn }
        }
        for (stop, route) in visits { former[route.day * problem.stops.count + stop] = Int32(route.vehicle) }
        return former
    }

    /// How many visits come before each stop's; -1 where that is all the same.
    func ranks() -> [Int32] {
        guard features.hasRanks else { return [] }
        return original.map { index in
            guard case .after(let count) = problem.stops[index].position else { return -1 }
            return Int32(clamping: count)
        }
    }

    // MARK: Nodes and slots

    /// Every visit that could be made; the fleet adds the ends of its routes.
    func nodes() -> [Node] {
        var nodes: [Node] = []
        for _ in 0..<problem.days {
            for (new, index) in original.enumerated() {
                let stop = problem.stops[index]
                let pin: Int8 =
                    switch stop.position {
                    case .first: -1
                    case .last: 1
                    case .after, nil: 0
                    }
                nodes.append(node(stop.place, pin: pin, stop: Int32(new)))
            }
        }
        for slot in fleet().slots {
            let vehicle = problem.vehicles[Int(slot.vehicle)]
            nodes.append(node(vehicle.start, pin: 0, stop: -1))
            nodes.append(node(vehicle.end, pin: 0, stop: -1))
        }
        return nodes
    }

    private func node(_ place: Int, pin: Int8, stop: Int32) -> Node {
        let point = coordinates(place)
        return Node(place: Int32(place), x: point.x, y: point.y, z: point.z, pin: pin, stop: stop)
    }

    struct Fleet {
        var slots: [RouteSlot] = []
        var slotsOfKind: [Range<Int>] = []
        var kindsOfDay: [Range<Int>] = []
    }

    func fleet() -> Fleet {
        var fleet = Fleet()
        for day in 0..<problem.days {
            let firstKind = fleet.slotsOfKind.count
            for (index, vehicle) in problem.vehicles.enumerated() where vehicle.days & (1 << UInt64(day)) != 0 {
                // No plan needs more routes than stops.
                let count = min(vehicle.count ?? .max, problem.stops.count)
                let slot = self.slot(vehicle, index: index, day: day, kind: fleet.slotsOfKind.count)
                fleet.slotsOfKind.append(fleet.slots.count..<fleet.slots.count + count)
                fleet.slots.append(contentsOf: repeatElement(slot, count: count))
            }
            fleet.kindsOfDay.append(firstKind..<fleet.slotsOfKind.count)
        }
        return fleet
    }

    private func slot(_ vehicle: Vehicle, index: Int, day: Int, kind: Int) -> RouteSlot {
        let capacity = vehicle.capacities.first ?? .infinity
        let shift = vehicle.shift.until - vehicle.shift.from
        return RouteSlot(
            vehicle: Int32(index), day: Int32(day), kind: Int32(kind), crew: Int32(index), capacity: capacity,
            maximumDuration: min(vehicle.maximumDuration, shift), costPerDistance: vehicle.costPerDistance,
            costPerDuration: vehicle.costPerDuration, fixedCost: vehicle.fixedCost,
            timePerDistance: vehicle.timePerDistance, shiftFrom: vehicle.shift.from,
            shiftUntil: vehicle.shift.until, slack: capacity)
    }

    func extraSlack(_ slots: [RouteSlot]) -> [Double] {
        guard features.extraCount > 0 else { return [] }
        let limitsStops = problem.vehicles.contains { $0.maximumStops != nil }
        let capacities = features.extraCount - (limitsStops ? 1 : 0)
        return slots.flatMap { slot in
            let vehicle = problem.vehicles[Int(slot.vehicle)]
            let slack = (0..<capacities).map {
                $0 + 1 < vehicle.capacities.count ? vehicle.capacities[$0 + 1] : .infinity
            }
            return slack + (limitsStops ? [vehicle.maximumStops.map(Double.init) ?? .infinity] : [])
        }
    }
}
