/// Routes made of what is worth its way most, for problems that serve few of their stops.
///
/// Where prizes pay for the way only together, what lies near a route says little of what it should visit: each next visit is
/// chosen among all unserved stops, by what its prize exceeds its detour by, also for each unit of its demand.
extension Worker {
    /// Routes that an iteration fills, and unserved stops that it chooses from, at most.
    private static let mostRoutes = 3
    private static let mostCandidates = 1_000
    /// With no more served stops than this a look at all arcs of routes costs no more than one at a stop's neighbours.
    private static let fewServed = 400

    /// Whether prizes are to be won in one day, and few stops are worth it.
    var servesFew: Bool {
        model.features.hasPrizes && model.days == 1 && tours.stopCount - bank.count <= Self.fewServed
    }

    /// Whether this iteration has taken the last stop out of a route.
    var hasEmptied: Bool {
        for index in 0..<touched.count where tours.slots[touched[index]].count == 0 { return true }
        return false
    }

    /// Takes a route, strings or nothing out, and fills what is left of those routes, or new ones, from all that is unserved.
    mutating func harvest(round seed: Int, _ shape: RuinShape) {
        switch random.below(3) {
        case 0: break
        case 1: ruinRoute(round: seed)
        default: ruin(round: seed, shape)
        }
        removeRanked()
        let candidates = harvestCandidates()
        fill(harvestRoutes(candidates), candidates)
        for index in 0..<absent.count {
            let stop = absent[index]
            if tours.nodes[stop].route < 0, !tours.isRanked(stop), !place(stop) { enterBank(stop) }
        }
        placeRanked()
    }

    /// What this iteration took out, and unserved stops.
    private mutating func harvestCandidates() -> [Int] {
        var candidates = (0..<absent.count).map { absent[$0] }
        let first = bank.count > Self.mostCandidates ? random.below(bank.count) : 0
        for step in 0..<min(bank.count, Self.mostCandidates) { candidates.append(bank[(first + step) % bank.count]) }
        if tours.features.hasRanks { candidates.removeAll { tours.isRanked($0) } }
        return candidates
    }

    /// The routes that lost stops, and new ones: in place of those that lost all, or one more.
    private mutating func harvestRoutes(_ candidates: [Int]) -> [Int] {
        var routes: [Int] = []
        var emptied = 0
        for index in 0..<touched.count {
            if tours.slots[touched[index]].count > 0 { routes.append(touched[index]) } else { emptied += 1 }
        }
        routes = Array(routes.prefix(Self.mostRoutes))
        if routes.isEmpty { emptied += emptied == 0 ? 1 : random.below(2) }
        for _ in 0..<min(emptied, Self.mostRoutes - routes.count) {
            if let slot = openRoute(candidates) { routes.append(slot) }
        }
        return routes
    }

    /// Opens a route of a random kind with the best of a few candidates.
    private mutating func openRoute(_ candidates: [Int]) -> Int? {
        let kinds = model.kindsOfDay[0]
        guard !candidates.isEmpty, !kinds.isEmpty else { return nil }
        let kind = kinds.lowerBound + random.below(kinds.count)
        guard tours.firstFree[kind] >= 0 else { return nil }
        let slot = Int(tours.firstFree[kind])
        var (chosen, most, place) = (-1, -Double.infinity, Insertion.none)
        for _ in 0..<Self.firstVisits {
            let stop = candidates[random.below(candidates.count)]
            guard tours.nodes[stop].route < 0, tours.fits(stop, slot) else { continue }
            var alone = Insertion.none
            tours.consider(stop, after: tours.start(slot), slot, &alone)
            let worth = price(tours.stops[stop]) - Self.firstShare * alone.cost
            if alone.isPossible, worth > most { (chosen, most, place) = (stop, worth, alone) }
        }
        guard chosen >= 0 else { return nil }
        serve(chosen, place)
        return slot
    }

    /// Candidates for a first visit, and what share of the way it has to pay for: it is not chosen by its way alone.
    private static let firstVisits = 4
    private static let firstShare = 0.1

    private mutating func serve(_ stop: Int, _ place: Insertion) {
        if isUnserved(stop) { takeFromBank(stop) }
        cost -= price(tours.stops[stop])
        insert(stop, place)
    }

    /// Puts the best candidate into one of the routes as long as one is worth its detour.
    private mutating func fill(_ routes: [Int], _ candidates: [Int]) {
        let demands = candidates.reduce(0) { $0 + tours.stops[$1].demand }
        let weights = worths(meanDemand: demands / Double(max(1, candidates.count)), candidates)
        // A row of candidates for each route.
        var places = routes.flatMap { slot in candidates.map { offer($0, slot) } }
        while true {
            var (best, most) = (-1, 0.0)
            for index in places.indices where places[index].isPossible {
                let candidate = index % candidates.count
                let stop = candidates[candidate]
                guard tours.nodes[stop].route < 0 else { continue }
                let worth = (price(tours.stops[stop]) - places[index].cost) * weights[candidate]
                if worth > most { (best, most) = (index, worth) }
            }
            guard best >= 0 else { return }
            serve(candidates[best % candidates.count], places[best])
            let slot = Int(places[best].slot)
            let row = best / candidates.count * candidates.count
            for (index, stop) in candidates.enumerated() { places[row + index] = offer(stop, slot) }
        }
    }

    /// How much each candidate's worth counts: between all the same and by the unit of demand, drawn anew for each harvest.
    private mutating func worths(meanDemand: Double, _ candidates: [Int]) -> [Double] {
        let even = random.unit()
        return candidates.map { stop in
            let demand = tours.stops[stop].demand
            return demand > 0 ? even + (1 - even) * meanDemand / demand : 1
        }
    }

    private func offer(_ stop: Int, _ slot: Int) -> Insertion {
        var best = Insertion.none
        guard tours.nodes[stop].route < 0, tours.fits(stop, slot) else { return best }
        best.cost = price(tours.stops[stop])
        tours.searchRoute(stop, slot, &best)
        return best
    }
}
