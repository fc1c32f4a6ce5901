/// Changes to whole stretches of routes. They keep links and arcs; `recount` brings the slots' sums up to date.
extension Tours {
    @inline(__always)
    func connect(_ a: Int, _ b: Int, _ arc: Double) {
        nodes[a].next = Int32(truncatingIfNeeded: b)
        nodes[a].arc = arc
        nodes[b].previous = Int32(truncatingIfNeeded: a)
        nodes[b].arcBefore = arc
    }

    @inline(__always) func next(_ node: Int) -> Int { Int(nodes[node].next) }
    @inline(__always) func previous(_ node: Int) -> Int { Int(nodes[node].previous) }
    @inline(__always) func slot(_ node: Int) -> Int { Int(nodes[node].route) }

    /// Drives a stretch of a route the other way round; distances must be symmetric.
    func reverse(_ first: Int, _ last: Int) {
        let (head, tail) = (previous(first), next(last))
        var node = first
        while true {
            let following = next(node)
            swap(&nodes[node].next, &nodes[node].previous)
            swap(&nodes[node].arc, &nodes[node].arcBefore)
            if node == last { break }
            node = following
        }
        connect(head, last, distance(head, last))
        connect(first, tail, distance(first, tail))
    }

    /// Has what follows `a` and what follows `b`, in routes with the same end, change places.
    func exchangeTails(_ a: Int, _ b: Int) {
        let (slotA, slotB) = (slot(a), slot(b))
        let (tailA, tailB) = (next(a), next(b))
        let (lastA, lastB) = (previous(end(slotA)), previous(end(slotB)))
        attach(a, tail: tailB, last: lastB, isEmpty: tailB == end(slotB), slot: slotA)
        attach(b, tail: tailA, last: lastA, isEmpty: tailA == end(slotA), slot: slotB)
    }

    private func attach(_ node: Int, tail: Int, last: Int, isEmpty: Bool, slot: Int) {
        if isEmpty {
            connect(node, end(slot), distance(node, end(slot)))
            return
        }
        connect(node, tail, distance(node, tail))
        connect(last, end(slot), distance(last, end(slot)))
        var current = tail
        while current != end(slot) {
            nodes[current].route = Int32(truncatingIfNeeded: slot)
            current = next(current)
        }
    }

    /// Moves a stretch to after `target`, which is not in it.
    func shift(_ first: Int, _ last: Int, after target: Int, isReversed: Bool) {
        let (head, tail) = (previous(first), next(last))
        connect(head, tail, distance(head, tail))
        if isReversed {
            var node = first
            while true {
                let following = next(node)
                swap(&nodes[node].next, &nodes[node].previous)
                swap(&nodes[node].arc, &nodes[node].arcBefore)
                if node == last { break }
                node = following
            }
        }
        let (begin, finish) = isReversed ? (last, first) : (first, last)
        let follower = next(target)
        connect(target, begin, distance(target, begin))
        connect(finish, follower, distance(finish, follower))
        let slot = nodes[target].route
        var node = begin
        while true {
            nodes[node].route = slot
            if node == finish { break }
            node = next(node)
        }
    }

    /// Sums a route up afresh, node by node.
    func profile(_ slot: Int, _ profiles: UnsafeMutablePointer<Profile>) {
        let last = end(slot)
        var node = start(slot)
        var sum = Profile.none
        profiles[node] = sum
        while node != last {
            sum.length += nodes[node].arc
            sum.rank &+= 1
            node = Int(nodes[node].next)
            if node != last {
                let stop = stops + Int(nodes[node].stop)
                sum.load += stop.pointee.demand
                sum.service += stop.pointee.service
            }
            profiles[node] = sum
        }
    }

    /// Takes a route's sums over from its profile after stretches were moved.
    ///
    /// - Returns: how much dearer the route became.
    func recount(_ slot: Int, _ profiles: UnsafeMutablePointer<Profile>) -> Double {
        profile(slot, profiles)
        let sum = profiles[end(slot)]
        let rate = slots[slot].costPerDistance
        let before = slots[slot].count == 0 ? 0 : slots[slot].fixedCost + rate * slots[slot].distance
        let count = sum.rank - 1
        if count == 0, slots[slot].count > 0 { putFree(slot) }
        if count > 0, slots[slot].count == 0 { takeFree(slot) }
        slots[slot].count = count
        slots[slot].slack = slots[slot].capacity - sum.load
        slots[slot].distance = sum.length
        slots[slot].service = sum.service
        return (count == 0 ? 0 : slots[slot].fixedCost + rate * sum.length) - before
    }
}
