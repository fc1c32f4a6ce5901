/// Time and work along a whole route: what insertions and removals leave to be brought up to date.
extension Tours {
    /// Whether `refresh` has anything to do.
    @inline(__always) var needsRefresh: Bool { features.isTimed || features.hasWorkCost }

    /// Brings the route's times and its vehicle's work up to date after links and unlinks.
    ///
    /// - Returns: what its duration and its vehicle's work now cost more than before.
    func refresh(_ slot: Int) -> Double {
        guard needsRefresh else { return 0 }
        var duration = features.isTimed ? spanned(slot) : driven(slot)
        if slots[slot].count == 0 { duration = 0 }
        let before = slots[slot].duration
        slots[slot].duration = duration
        var cost = slots[slot].costPerDuration * (duration - before)
        if let balance = features.balance {
            let crew = Int(slots[slot].crew)
            let work = crewWork[crew] + workChange(slot, balance, duration: duration, before: before)
            cost += balance.price(work) - balance.price(crewWork[crew])
            crewWork[crew] = work
        }
        return cost
    }

    /// Departure to return where nobody waits.
    @inline(__always)
    private func driven(_ slot: Int) -> Double {
        slots[slot].distance * slots[slot].timePerDistance + slots[slot].service
    }

    /// The balanced measure of the route, now minus when it was last refreshed.
    private func workChange(_ slot: Int, _ balance: Balance, duration: Double, before: Double) -> Double {
        switch balance.measure {
        case .duration: return duration - before
        case .distance, .stops:
            let work = work(slot, balance.measure)
            let change = work - slots[slot].balancedWork
            slots[slot].balancedWork = work
            return change
        }
    }

    func work(_ slot: Int, _ measure: Balance.Measure) -> Double {
        guard slots[slot].count > 0 else { return 0 }
        return switch measure {
        case .duration: slots[slot].duration
        case .distance: slots[slot].distance
        case .stops: Double(slots[slot].count)
        }
    }

    /// Computes the spans of all nodes of a route.
    ///
    /// - Returns: the shortest time from departure to return.
    private func spanned(_ slot: Int) -> Double {
        let (first, last) = (start(slot), end(slot))
        var node = first
        var span = single(first, slot)
        var isLate = false
        before[first] = span
        while node != last {
            let next = Int(nodes[node].next)
            let travel = time(node, next, nodes[node].arc, slot)
            if let joined = span.joined(single(next, slot), travel: travel) { span = joined } else { isLate = true }
            before[next] = span
            node = next
        }
        var tail = single(last, slot)
        after[last] = tail
        while node != first {
            let previous = Int(nodes[node].previous)
            tail = single(previous, slot).joined(tail, travel: time(previous, node, nodes[previous].arc, slot)) ?? tail
            after[previous] = tail
            node = previous
        }
        slots[slot].isLate = isLate
        return before[last].duration
    }

    /// Whether a route keeps its windows, its shift and its longest duration.
    @inline(__always)
    func keepsTime(_ slot: Int) -> Bool {
        guard slots[slot].count > 0 else { return true }
        let duration = features.isTimed ? slots[slot].duration : driven(slot)
        return !slots[slot].isLate && duration <= slots[slot].maximumDuration + TimeSpan.tolerance
    }

    @inline(__always)
    func time(_ a: Int, _ b: Int, _ distance: Double, _ slot: Int) -> Double {
        metric.time(nodes + a, nodes + b, distance: distance, timePerDistance: slots[slot].timePerDistance)
    }

    /// The span of one visit, or of an end of the route.
    @inline(__always)
    func single(_ node: Int, _ slot: Int) -> TimeSpan {
        guard isVisit(node) else {
            return TimeSpan(duration: 0, earliest: slots[slot].shiftFrom, latest: slots[slot].shiftUntil)
        }
        return visit(node, window: Int(nodes[node].window))
    }

    @inline(__always)
    func visit(_ node: Int, window: Int) -> TimeSpan {
        let stop = stops[Int(nodes[node].stop)]
        let times = windows[Int(stop.firstWindow) + window]
        return TimeSpan(duration: stop.service, earliest: times.from, latest: times.until)
    }
}
