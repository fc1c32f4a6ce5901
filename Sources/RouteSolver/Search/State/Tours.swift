/// The routes as linked lists, and everything that is read to change them.
///
/// A value of plain pointers, so that inner loops carry neither reference counts nor bounds checks; `SearchState` owns the
/// memory. A node or slot may be written only by the worker that owns it.
struct Tours {
    // SAFETY: all point into buffers of one `SearchState` and its `Model`, which whoever runs a search keeps alive. Indices
    // come from the model's own lists, which were checked when it was made.
    let nodes: UnsafeMutablePointer<Node>
    let slots: UnsafeMutablePointer<RouteSlot>
    let extraSlack: UnsafeMutablePointer<Double>
    /// How many visits of each slot are pinned to a rank; only where `hasRanks`.
    let rankedCount: UnsafeMutablePointer<Int32>
    /// The span from the route's start to the node, and from the node to the route's end; only where `isTimed`.
    let before: UnsafeMutablePointer<TimeSpan>
    let after: UnsafeMutablePointer<TimeSpan>
    let crewWork: UnsafeMutablePointer<Double>
    /// The first unused slot of each kind, -1 where there is none.
    let firstFree: UnsafeMutablePointer<Int32>

    let stops: UnsafePointer<StopRecord>
    let windows: UnsafePointer<TimeWindow>
    let patterns: UnsafePointer<UInt64>
    let neighbours: UnsafePointer<Neighbour>
    let extraDemand: UnsafePointer<Double>
    let allowed: UnsafePointer<UInt64>
    let ranks: UnsafePointer<Int32>
    let groups: UnsafePointer<Int32>
    let formerVehicle: UnsafePointer<Int32>

    let metric: Metric
    let features: Features
    let neighbourCount: Int
    let allowedWords: Int
    let stopCount: Int
    let endsBase: Int

    @inline(__always) func start(_ slot: Int) -> Int { endsBase + 2 * slot }
    @inline(__always) func end(_ slot: Int) -> Int { endsBase + 2 * slot + 1 }
    @inline(__always) func isVisit(_ node: Int) -> Bool { node < endsBase }

    /// A visit of a stop on a random day; one in a route, where it has any.
    func visit(of stop: Int, _ random: inout Random) -> Int {
        let days = endsBase / stopCount
        guard days > 1 else { return stop }
        let day = random.below(days)
        for step in 0..<days {
            let node = (day + step) % days * stopCount + stop
            if nodes[node].route >= 0 { return node }
        }
        return stop
    }

    @inline(__always)
    func distance(_ a: Int, _ b: Int) -> Double { metric.distance(nodes + a, nodes + b) }

    @inline(__always)
    func demand(_ node: Int) -> Double { stops[Int(nodes[node].stop)].demand }

    /// What the visit costs in this slot, wherever it stands: the price of going to another vehicle than before.
    @inline(__always)
    func assignmentCost(_ node: Int, _ slot: Int) -> Double {
        guard features.churnPrice != 0 else { return 0 }
        let former = formerVehicle[node]
        return former == Features.noChurn || former == slots[slot].vehicle ? 0 : features.churnPrice
    }

    // MARK: Changing routes

    /// Puts a visit that is in no route after `previous`. Call `refresh` before the route's times are read again.
    ///
    /// - Returns: what it adds to the cost, work aside.
    @inline(__always)
    func link(_ node: Int, after previous: Int, slot: Int) -> Double {
        let next = Int(nodes[previous].next)
        let (toNode, fromNode) = (distance(previous, node), distance(node, next))
        let detour = toNode + fromNode - nodes[previous].arc
        nodes[previous].next = Int32(truncatingIfNeeded: node)
        nodes[previous].arc = toNode
        nodes[node].previous = Int32(truncatingIfNeeded: previous)
        nodes[node].next = Int32(truncatingIfNeeded: next)
        nodes[node].arc = fromNode
        nodes[node].arcBefore = toNode
        nodes[node].route = Int32(truncatingIfNeeded: slot)
        nodes[next].previous = Int32(truncatingIfNeeded: node)
        nodes[next].arcBefore = fromNode
        var cost = slots[slot].costPerDistance * detour + assignmentCost(node, slot)
        if slots[slot].count == 0 {
            cost += open(slot)
        }
        slots[slot].count += 1
        slots[slot].slack -= demand(node)
        slots[slot].distance += detour
        slots[slot].service += stops[Int(nodes[node].stop)].service
        if features.extraCount > 0 { takeExtra(node, slot, sign: -1) }
        if isRanked(node) { rankedCount[slot] += 1 }
        return cost
    }

    /// Takes a visit out of its route.
    ///
    /// - Returns: what it takes from the cost, work aside.
    @inline(__always)
    func unlink(_ node: Int) -> Double {
        let slot = Int(nodes[node].route)
        let (previous, next) = (Int(nodes[node].previous), Int(nodes[node].next))
        let direct = distance(previous, next)
        let detour = nodes[previous].arc + nodes[node].arc - direct
        nodes[previous].next = Int32(truncatingIfNeeded: next)
        nodes[previous].arc = direct
        nodes[next].previous = Int32(truncatingIfNeeded: previous)
        nodes[next].arcBefore = direct
        nodes[node].route = -1
        var gain = slots[slot].costPerDistance * detour + assignmentCost(node, slot)
        slots[slot].count -= 1
        slots[slot].slack += demand(node)
        slots[slot].distance -= detour
        slots[slot].service -= stops[Int(nodes[node].stop)].service
        if features.extraCount > 0 { takeExtra(node, slot, sign: 1) }
        if isRanked(node) { rankedCount[slot] -= 1 }
        if slots[slot].count == 0 { gain += close(slot) }
        return gain
    }

    private func takeExtra(_ node: Int, _ slot: Int, sign: Double) {
        let demand = extraDemand + Int(nodes[node].stop) * features.extraCount
        let slack = extraSlack + slot * features.extraCount
        for kind in 0..<features.extraCount { slack[kind] += sign * demand[kind] }
    }

    // MARK: Unused slots

    /// Takes a slot off its kind's list of unused ones.
    ///
    /// - Returns: its fixed cost, and what its bare arc from start to end already costs, which counts for nothing unused.
    private func open(_ slot: Int) -> Double {
        takeFree(slot)
        return slots[slot].fixedCost + slots[slot].costPerDistance * distance(start(slot), end(slot))
    }

    func takeFree(_ slot: Int) {
        let (next, previous) = (slots[slot].nextFree, slots[slot].previousFree)
        if previous >= 0 { slots[Int(previous)].nextFree = next } else { firstFree[Int(slots[slot].kind)] = next }
        if next >= 0 { slots[Int(next)].previousFree = previous }
    }

    private func close(_ slot: Int) -> Double {
        putFree(slot)
        // Sums of real numbers would leave traces.
        slots[slot].slack = slots[slot].capacity
        slots[slot].distance = nodes[start(slot)].arc
        slots[slot].service = 0
        return slots[slot].fixedCost + slots[slot].costPerDistance * slots[slot].distance
    }

    func putFree(_ slot: Int) {
        let kind = Int(slots[slot].kind)
        let first = firstFree[kind]
        slots[slot].nextFree = first
        slots[slot].previousFree = -1
        if first >= 0 { slots[Int(first)].previousFree = Int32(truncatingIfNeeded: slot) }
        firstFree[kind] = Int32(truncatingIfNeeded: slot)
    }
}
