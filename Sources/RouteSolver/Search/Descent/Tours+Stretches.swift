/// Whether stretches fit elsewhere, and what changing their places saves.
extension Tours {
    /// Or-opt between routes whose distances have different prices.
    func shiftGain(
        _ first: Int, _ last: Int, _ gap: (head: Int, tail: Int), _ isReversed: Bool, _ rateA: Double, _ rateB: Double
    ) -> Double {
        let (head, tail) = (previous(first), next(last))
        var inner = 0.0
        var node = first
        while node != last {
            inner += nodes[node].arc
            node = next(node)
        }
        let (begin, finish) = isReversed ? (last, first) : (first, last)
        let less = nodes[head].arc + inner + nodes[last].arc - distance(head, tail)
        let more = distance(gap.head, begin) + inner + distance(finish, gap.tail) - nodes[gap.head].arc
        return less * rateA - more * rateB
    }

    /// Whether the route that gets the stretch stays within its limits of time; capacity has been looked at.
    func canShift(
        _ first: Int, _ last: Int, _ gap: (head: Int, tail: Int), _ isReversed: Bool, _ slotA: Int, _ slotB: Int,
        _ profiles: UnsafeMutablePointer<Profile>
    ) -> Bool {
        if features.isTimed {
            guard slotA == slotB else { return keepsTime(first, last, in: gap, slotB) }
            let isForward = profiles[gap.head].rank > profiles[last].rank
            return keepsTime(shifting: first, last, to: gap, isForward: isForward, slotA)
        }
        guard slots[slotB].maximumDuration < .infinity, slotA != slotB else { return true }
        var (length, service) = (0.0, 0.0)
        var node = first
        while true {
            service += stops[Int(nodes[node].stop)].service
            if node == last { break }
            length += nodes[node].arc
            node = next(node)
        }
        let (begin, finish) = isReversed ? (last, first) : (first, last)
        length += slots[slotB].distance + distance(gap.head, begin) + distance(finish, gap.tail) - nodes[gap.head].arc
        return length * slots[slotB].timePerDistance + service + slots[slotB].service
            <= slots[slotB].maximumDuration + TimeSpan.tolerance
    }

    /// Cross exchange (Taillard et al. 1997): a stretch that begins with `node` changes places with one that follows `other`
    /// in another route, one or two visits each.
    func considerSwaps(
        _ node: Int, _ other: Int, _ saved: Double, _ profiles: UnsafeMutablePointer<Profile>, _ best: inout Candidate
    ) {
        let (slotA, slotB) = (slot(node), slot(other))
        let rate = slots[slotA].costPerDistance
        guard rate == slots[slotB].costPerDistance, slots[slotA].capacity == slots[slotB].capacity else { return }
        let (preceding, first) = (previous(node), next(other))
        guard isVisit(first) else { return }
        // Arcs given up and gained at the two fronts.
        let front = saved + nodes[other].arc - distance(preceding, first)
        var (lastA, loadA) = (node, 0.0)
        for _ in 0..<Self.longestSwap {
            loadA += demand(lastA)
            let tailA = next(lastA)
            var (lastB, loadB) = (first, 0.0)
            for _ in 0..<Self.longestSwap {
                loadB += demand(lastB)
                let tailB = next(lastB)
                let back =
                    nodes[lastA].arc + nodes[lastB].arc - distance(lastA, tailB) - distance(lastB, tailA)
                let gain = (front + back) * rate
                if gain > best.gain, loadB - loadA <= slots[slotA].slack, loadA - loadB <= slots[slotB].slack,
                    canSwap((node, lastA), (first, lastB), slotA, slotB, profiles)
                {
                    best.offer(.swap, gain, node, lastA, first, lastB)
                }
                guard isVisit(tailB) else { break }
                lastB = tailB
            }
            guard isVisit(tailA) else { break }
            lastA = tailA
        }
    }

    /// The longest stretch that changes places with another.
    private static let longestSwap = 2

    private typealias Stretch = (first: Int, last: Int)

    private func canSwap(
        _ a: Stretch, _ b: Stretch, _ slotA: Int, _ slotB: Int, _ profiles: UnsafeMutablePointer<Profile>
    ) -> Bool {
        let gapA = (head: previous(a.first), tail: next(a.last))
        let gapB = (head: previous(b.first), tail: next(b.last))
        if features.isTimed {
            return keepsTime(b.first, b.last, in: gapA, slotA) && keepsTime(a.first, a.last, in: gapB, slotB)
        }
        guard slots[slotA].maximumDuration < .infinity || slots[slotB].maximumDuration < .infinity else { return true }
        return drives(b, in: gapA, instead: a, slotA, profiles) && drives(a, in: gapB, instead: b, slotB, profiles)
    }

    /// Whether a route keeps its limit on duration with one stretch in place of another.
    private func drives(
        _ new: Stretch, in gap: (head: Int, tail: Int), instead old: Stretch, _ slot: Int,
        _ profiles: UnsafeMutablePointer<Profile>
    ) -> Bool {
        let inner = profiles[new.last].length - profiles[new.first].length
        let length =
            slots[slot].distance - (profiles[gap.tail].length - profiles[gap.head].length)
            + distance(gap.head, new.first) + inner + distance(new.last, gap.tail)
        let service =
            slots[slot].service - (profiles[old.last].service - profiles[previous(old.first)].service)
            + profiles[new.last].service - profiles[previous(new.first)].service
        return length * slots[slot].timePerDistance + service
            <= slots[slot].maximumDuration + TimeSpan.tolerance
    }
}
