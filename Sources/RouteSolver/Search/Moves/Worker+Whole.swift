/// What concerns the whole of a worker's part.
extension Worker {
    /// Stops a used route has on average.
    var averageCount: Double {
        var (routes, stops) = (0, 0)
        for slot in model.slots.indices where tours.slots[slot].count > 0 && tours.slots[slot].owner == owner {
            routes += 1
            stops += Int(tours.slots[slot].count)
        }
        return routes == 0 ? 1 : Double(stops) / Double(routes)
    }

    /// The mean distance between two stops that follow each other.
    var meanArc: Double {
        var (sum, count) = (0.0, 0)
        for node in 0..<tours.endsBase where tours.nodes[node].route >= 0 && tours.isVisit(tours.next(node)) {
            sum += tours.nodes[node].arc
            count += 1
        }
        return count == 0 ? 1 : max(sum / Double(count), 1e-6)
    }

    /// What a stop that is served costs on average.
    var meanCost: Double { (cost - bankPrice) / Double(max(1, tours.stopCount - bank.count)) }

    /// The cost without the price of stops that must be served and are not.
    var plainCost: Double { cost - Double(unservedMandatory) * mandatoryPrice }

    /// What the stops cost that no route serves.
    var bankPrice: Double {
        var sum = 0.0
        for index in 0..<bank.count { sum += price(tours.stops[bank[index]]) }
        return sum
    }

    /// Puts stops of the bank into an unused slot, in the order given; single-day problems only.
    mutating func fill(_ slot: Int, _ stops: [Int]) {
        begin()
        var previous = tours.start(slot)
        for stop in stops {
            takeFromBank(stop)
            insert(stop, Insertion(cost: 0, previous: Int32(previous), slot: Int32(slot), window: 0))
            previous = stop
        }
    }

    mutating func takeAllFromBank() {
        while bank.count > 0 { takeFromBank(bank[bank.count - 1]) }
    }

    /// Has unserved stops tried again: all where they are few, else those round the seed, among so many of its neighbours.
    mutating func takeNearbyFromBank(_ seed: Int, breadth: Int) {
        guard bank.count > 0 else { return }
        if bank.count <= 8 {
            takeAllFromBank()
            return
        }
        let stop = seed % tours.stopCount
        if isUnserved(stop) { takeFromBank(stop) }
        let list = tours.neighbours + stop * tours.neighbourCount
        for index in 0..<min(breadth, tours.neighbourCount) where isUnserved(Int(list[index].stop)) {
            takeFromBank(Int(list[index].stop))
        }
    }
}

extension Worker {
    /// Stops that no route of this worker serves.
    var unserved: [Int] { (0..<bank.count).map { bank[$0] } }

    /// Takes over a region: its unused slots, and its unserved stops.
    mutating func take(_ region: Partition.Region) {
        begin()
        for kind in model.slotsOfKind.indices { tours.firstFree[kind] = -1 }
        for slot in region.freeSlots.reversed() { tours.putFree(slot) }
        for stop in region.unserved { enterBank(stop) }
        for slot in model.slots.indices {
            isProfiled[slot] = false
            if tours.slots[slot].owner == owner, tours.slots[slot].count > 0 { ends.list(slot) }
        }
        ends.rebuild(tours, owner: owner)
    }

    /// Makes a plan's routes, visit by visit, and leaves out what breaks a rule there.
    mutating func adopt(_ plan: Plan) {
        var free = model.slotsOfKind.map { Array($0.reversed()) }
        begin()
        for route in plan.routes {
            guard let slot = nextSlot(for: route, &free) else { continue }
            for original in route.stops where model.renumbered.indices.contains(original) {
                adopt(model.renumbered[original], slot: slot, day: route.day)
            }
        }
        dropBrokenPatterns()
    }

    private func nextSlot(for route: Plan.Route, _ free: inout [[Int]]) -> Int? {
        guard model.kindsOfDay.indices.contains(route.day) else { return nil }
        for kind in model.kindsOfDay[route.day] {
            guard let first = free[kind].last, Int(model.slots[first].vehicle) == route.vehicle else { continue }
            return free[kind].popLast()
        }
        return nil
    }

    private mutating func adopt(_ stop: Int, slot: Int, day: Int) {
        let node = day * tours.stopCount + stop
        guard tours.nodes[node].route < 0, tours.fits(node, slot) else { return }
        if tours.isRanked(node), tours.ranks[stop] != tours.slots[slot].count { return }
        var place = Insertion.none
        tours.consider(node, after: tours.previous(tours.end(slot)), slot, &place)
        guard place.isPossible else { return }
        if isUnserved(stop) { takeFromBank(stop) }
        insert(node, place)
    }

    /// Takes stops out whose visits fall on days that make none of their patterns, or are made by several groups.
    private mutating func dropBrokenPatterns() {
        let adopted = (0..<absent.count).map { absent[$0] }
        // They are absent once more when they go out: the log starts afresh, and has room for each stop once.
        begin()
        for stop in adopted {
            var days: UInt64 = 0
            for day in 0..<model.days where tours.nodes[day * tours.stopCount + stop].route >= 0 {
                days |= 1 << UInt64(day)
            }
            let record = tours.stops[stop]
            let patterns = (0..<Int(record.patternCount)).map { tours.patterns[Int(record.firstPattern) + $0] }
            guard !patterns.contains(days) || tours.groups(visiting: stop).count > 1 else { continue }
            remove(stop)
        }
        // Those that were pinned to come after them come too soon now.
        removeRanked()
        for index in 0..<absent.count { enterBank(absent[index]) }
        refreshTouched()
    }
}
