/// The cheapest feasible place for a visit beside its neighbours.
extension Tours {
    /// The cheapest insertion of a visit beside one of its stop's neighbours of the same day, on the way to a route's first or
    /// last visit, or into an unused route.
    ///
    /// - Parameters:
    ///   - owner: only routes of this worker are looked at.
    ///   - limit: what costs this much or more is of no use.
    ///   - opening: which unused routes may be opened, and what that counts as.
    ///   - looksEverywhere: at all arcs of used routes, of one-day problems, instead of those beside neighbours.
    func cheapestInsertion(
        _ node: Int, day: Int, kinds: Range<Int>, owner: Int16, limit: Double, ends: RouteEnds, opening: Opening,
        looksEverywhere: Bool = false, blinks: inout Blinks
    ) -> Insertion {
        var best = Insertion.none
        best.cost = limit
        if looksEverywhere {
            searchUsed(node, ends.used, owner: owner, blinks: &blinks, best: &best)
        } else {
            if features.isPlain {
                searchPlain(node, day: day, owner: owner, blinks: &blinks, best: &best)
            } else {
                searchRich(node, day: day, owner: owner, blinks: &blinks, best: &best)
            }
            searchEnds(node, ends.depotsOfDay[day], owner: owner, blinks: &blinks, best: &best)
        }
        for kind in kinds where firstFree[kind] >= 0 && opening.allows(kind - kinds.lowerBound) {
            considerUnused(node, Int(firstFree[kind]), opening, &best)
        }
        return best
    }

    /// With nothing but a capacity and a limit on duration.
    @inline(__always)
    private func searchPlain(_ node: Int, day: Int, owner: Int16, blinks: inout Blinks, best: inout Insertion) {
        let stop = Int(nodes[node].stop)
        let demand = stops[stop].demand
        let service = stops[stop].service
        let list = neighbours + stop * neighbourCount
        let base = day * stopCount
        // Nothing can be told from distances alone where they are a table's, or where rates differ.
        let slack = metric.isSymmetric ? 2 * features.leastRate : 0
        for index in 0..<neighbourCount {
            let beside = base &+ Int(list[index].stop)
            let (arcAfter, arcBefore) = (nodes[beside].arc, nodes[beside].arcBefore)
            // By the triangle inequality a detour past `beside` is at least twice what `near` exceeds the arc by.
            if slack * (Double(list[index].distance) - max(arcAfter, arcBefore)) >= best.cost { continue }
            let slot = Int(nodes[beside].route)
            guard slot >= 0, nodes[beside].owner == owner, slots[slot].slack >= demand, !blinks.blinks() else {
                continue
            }
            let near = distance(beside, node)
            let back = metric.isSymmetric ? near : distance(node, beside)
            let (next, previous) = (Int(nodes[beside].next), Int(nodes[beside].previous))
            let rate = slots[slot].costPerDistance
            // What the limit on duration leaves for a detour.
            let room = detourRoom(slot, service)
            let after = near + distance(node, next) - arcAfter
            if after * rate < best.cost, after <= room {
                best.cost = after * rate
                best.previous = Int32(truncatingIfNeeded: beside)
                best.slot = Int32(truncatingIfNeeded: slot)
            }
            let before = distance(previous, node) + back - arcBefore
            if before * rate < best.cost, before <= room {
                best.cost = before * rate
                best.previous = Int32(truncatingIfNeeded: previous)
                best.slot = Int32(truncatingIfNeeded: slot)
            }
        }
    }

    @inline(__always)
    private func detourRoom(_ slot: Int, _ service: Double) -> Double {
        let limit = slots[slot].maximumDuration
        guard limit < .infinity else { return .infinity }
        let rate = slots[slot].timePerDistance
        let left = limit - slots[slot].service - service + TimeSpan.tolerance
        guard rate > 0 else { return left < 0 ? -.infinity : .infinity }
        return left / rate - slots[slot].distance
    }

    private func searchRich(_ node: Int, day: Int, owner: Int16, blinks: inout Blinks, best: inout Insertion) {
        let stop = Int(nodes[node].stop)
        let list = neighbours + stop * neighbourCount
        let base = day * stopCount
        // Nothing can be told from distances alone where they are a table's, or where work may save something.
        let slack = metric.isSymmetric && features.balance == nil ? 2 * features.leastRate : 0
        for index in 0..<neighbourCount {
            let beside = base + Int(list[index].stop)
            let (arcAfter, arcBefore) = (nodes[beside].arc, nodes[beside].arcBefore)
            // By the triangle inequality a detour past `beside` is at least twice what `near` exceeds the arc by.
            if slack * (Double(list[index].distance) - max(arcAfter, arcBefore)) >= best.cost { continue }
            let slot = Int(nodes[beside].route)
            guard slot >= 0, nodes[beside].owner == owner, fits(node, slot), !blinks.blinks() else { continue }
            if list[index].precedes { consider(node, after: beside, slot, &best) }
            if list[index].follows { consider(node, after: Int(nodes[beside].previous), slot, &best) }
        }
    }

    func considerUnused(_ node: Int, _ slot: Int, _ opening: Opening, _ best: inout Insertion) {
        guard fits(node, slot) else { return }
        guard let leastShare = opening.leastShare else {
            consider(node, after: start(slot), slot, &best)
            return
        }
        var alone = Insertion.none
        consider(node, after: start(slot), slot, &alone)
        guard alone.isPossible else { return }
        let capacity = slots[slot].capacity
        alone.cost *= capacity > 0 ? min(1, max(demand(node) / capacity, leastShare)) : leastShare
        if alone.cost < best.cost { best = alone }
    }

    /// Whether capacities and rules let the visit into the slot at all.
    @inline(__always)
    func fits(_ node: Int, _ slot: Int) -> Bool {
        guard slots[slot].slack >= demand(node) else { return false }
        let stop = Int(nodes[node].stop)
        if features.extraCount > 0 {
            let (demand, slack) = (extraDemand + stop * features.extraCount, extraSlack + slot * features.extraCount)
            for kind in 0..<features.extraCount where demand[kind] > slack[kind] { return false }
        }
        guard features.hasRules, stops[stop].rules >= 0 else { return true }
        let vehicle = Int(slots[slot].vehicle)
        return allowed[Int(stops[stop].rules) * allowedWords + vehicle >> 6] & (1 << UInt64(vehicle & 63)) != 0
    }

    /// Takes the position after `previous` if it is feasible and cheaper than the best; `fits` has been asked.
    @inline(__always)
    func consider(_ node: Int, after previous: Int, _ slot: Int, _ best: inout Insertion) {
        let next = Int(nodes[previous].next)
        if features.hasPins, breaksPin(node, previous, next) { return }
        if precedesRanked(next, slot) { return }
        let (toNode, fromNode) = (distance(previous, node), distance(node, next))
        let detour = toNode + fromNode - nodes[previous].arc
        var cost = detour * slots[slot].costPerDistance + assignmentCost(node, slot)
        let isUnused = slots[slot].count == 0
        if isUnused { cost += slots[slot].fixedCost + slots[slot].costPerDistance * slots[slot].distance }
        // Work only ever adds to it, unless the balance has a floor.
        if cost >= best.cost, features.balance == nil { return }
        guard features.isTimed else {
            let service = slots[slot].service + stops[Int(nodes[node].stop)].service
            let duration = (slots[slot].distance + detour) * slots[slot].timePerDistance + service
            if duration > slots[slot].maximumDuration + TimeSpan.tolerance { return }
            take(&best, cost, previous, slot, 0, detour: detour, duration: duration)
            return
        }
        let there = time(previous, node, toNode, slot)
        let onward = time(node, next, fromNode, slot)
        for window in 0..<Int(stops[Int(nodes[node].stop)].windowCount) {
            guard let head = before[previous].joined(visit(node, window: window), travel: there),
                let whole = head.joined(after[next], travel: onward),
                whole.duration <= slots[slot].maximumDuration + TimeSpan.tolerance
            else { continue }
            take(&best, cost, previous, slot, UInt8(window), detour: detour, duration: whole.duration)
        }
    }

    @inline(__always)
    private func take(
        _ best: inout Insertion, _ cost: Double, _ previous: Int, _ slot: Int, _ window: UInt8, detour: Double,
        duration: Double
    ) {
        let cost = features.hasWorkCost ? cost + workCost(slot, detour: detour, duration: duration) : cost
        guard cost < best.cost else { return }
        best = Insertion(
            cost: cost, previous: Int32(truncatingIfNeeded: previous), slot: Int32(truncatingIfNeeded: slot),
            window: window)
    }

    /// What the longer duration, and the vehicle's additional work, cost.
    private func workCost(_ slot: Int, detour: Double, duration: Double) -> Double {
        let more = duration - slots[slot].duration
        let cost = slots[slot].costPerDuration * more
        guard let balance = features.balance else { return cost }
        let work = crewWork[Int(slots[slot].crew)]
        let bareArc = slots[slot].count == 0 ? slots[slot].distance : 0
        let change: Double =
            switch balance.measure {
            case .duration: more
            case .distance: detour + bareArc
            case .stops: 1
            }
        return cost + balance.price(work + change) - balance.price(work)
    }

    private func breaksPin(_ node: Int, _ previous: Int, _ next: Int) -> Bool {
        let pin = nodes[node].pin
        if nodes[previous].pin > 0 && isVisit(previous) || nodes[next].pin < 0 && isVisit(next) { return true }
        return pin < 0 && isVisit(previous) || pin > 0 && isVisit(next)
    }
}
