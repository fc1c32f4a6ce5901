/// What the moves save that bring a node beside one of its neighbours.
extension Tours {
    /// The longest stretch that is moved as a whole.
    private static let longestStretch = 3

    /// Moves that have `node` followed by `other`, or preceded by it from a stretch that ends with `node`.
    func movesAfter(
        _ node: Int, _ other: Int, _ near: Double, _ profiles: UnsafeMutablePointer<Profile>, _ best: inout Candidate
    ) {
        let (slotA, slotB) = (slot(node), slot(other))
        let following = next(node)
        let saved = nodes[node].arc - near
        let (beforeOther, afterOther) = (previous(other), next(other))
        if slotA != slotB {
            // 2-opt*: … node, other … and … beforeOther, following …
            let gain = saved + nodes[other].arcBefore - distance(beforeOther, following)
            offerTails(node, beforeOther, gain, profiles, &best)
        }
        if !features.isTimed || slotA == slotB {
            let gain = saved + nodes[other].arc - distance(following, afterOther)
            considerReversal(node, other, slotA, slotB, gain, profiles, &best)
        }
        // Stretches that end with `node`, put before `other`; or turned round, after it.
        considerShifts(from: node, towards: other, near, saved, isForward: false, profiles, &best)
    }

    /// Moves that have `node` preceded by `other`, or followed by it at the head of a turned stretch.
    func movesBefore(
        _ node: Int, _ other: Int, _ near: Double, _ profiles: UnsafeMutablePointer<Profile>, _ best: inout Candidate
    ) {
        let (slotA, slotB) = (slot(node), slot(other))
        let preceding = previous(node)
        let saved = nodes[node].arcBefore - near
        let (beforeOther, afterOther) = (previous(other), next(other))
        if slotA != slotB {
            let gain = saved + nodes[other].arc - distance(preceding, afterOther)
            offerTails(preceding, other, gain, profiles, &best)
            considerSwaps(node, other, saved, profiles, &best)
        }
        if !features.isTimed || slotA == slotB {
            let gain = saved + nodes[other].arcBefore - distance(preceding, beforeOther)
            considerReversal(preceding, beforeOther, slotA, slotB, gain, profiles, &best)
        }
        considerShifts(from: node, towards: other, near, saved, isForward: true, profiles, &best)
    }

    // MARK: Tails

    /// 2-opt*: offers to have what follows `a` and what follows `b` change places, which shortens the routes by `shorter`.
    @inline(__always)
    private func offerTails(
        _ a: Int, _ b: Int, _ shorter: Double, _ profiles: UnsafeMutablePointer<Profile>, _ best: inout Candidate
    ) {
        let (slotA, slotB) = (slot(a), slot(b))
        var gain = shorter * slots[slotA].costPerDistance
        if slots[slotA].kind != slots[slotB].kind {
            guard nodes[end(slotA)].place == nodes[end(slotB)].place else { return }
            // Every tail is driven at the other route's rate.
            let (tailA, tailB) = (
                slots[slotA].distance - profiles[a].length, slots[slotB].distance - profiles[b].length
            )
            let rate = slots[slotA].costPerDistance - slots[slotB].costPerDistance
            let (newA, newB) = (distance(a, next(b)), distance(b, next(a)))
            let (joinedA, joinedB) = (tailB - nodes[b].arc + newA, tailA - nodes[a].arc + newB)
            gain = tailA * slots[slotA].costPerDistance + tailB * slots[slotB].costPerDistance
            gain -= joinedA * slots[slotA].costPerDistance + joinedB * (slots[slotA].costPerDistance - rate)
        }
        guard gain > best.gain, joins(a, next(b), slotA, slotB, profiles), joins(b, next(a), slotB, slotA, profiles)
        else { return }
        best.offer(.tails, gain, a, b)
    }

    /// Whether the route up to `head`, in slot `a`, can be followed by the route from `tail` on, in slot `b`.
    private func joins(
        _ head: Int, _ tail: Int, _ a: Int, _ b: Int, _ profiles: UnsafeMutablePointer<Profile>
    ) -> Bool {
        let (left, before, whole) = (profiles[head], profiles[previous(tail)], profiles[end(b)])
        guard left.load + whole.load - before.load <= slots[a].capacity else { return false }
        if features.isTimed {
            guard let span = self.before[head].joined(after[tail], travel: time(head, tail, distance(head, tail), a))
            else { return false }
            return span.duration <= slots[a].maximumDuration + TimeSpan.tolerance
        }
        guard slots[a].maximumDuration < .infinity else { return true }
        let length = left.length + distance(head, tail) + whole.length - profiles[tail].length
        let service = left.service + whole.service - before.service
        return length * slots[a].timePerDistance + service <= slots[a].maximumDuration + TimeSpan.tolerance
    }

    /// 2-opt within a route, or 2-opt* with the other route turned round: `a` and `b` are joined, and what followed them.
    private func considerReversal(
        _ a: Int, _ b: Int, _ slotA: Int, _ slotB: Int, _ gain: Double, _ profiles: UnsafeMutablePointer<Profile>,
        _ best: inout Candidate
    ) {
        guard gain * slots[slotA].costPerDistance > best.gain else { return }
        if slotA == slotB {
            let (first, last) = profiles[a].rank < profiles[b].rank ? (next(a), b) : (next(b), a)
            guard first != last, !features.isTimed || keepsTime(reversing: first, last, slotA) else { return }
            best.offer(.reversal, gain * slots[slotA].costPerDistance, first, last)
            return
        }
        guard slots[slotA].kind == slots[slotB].kind, isVisit(a), isVisit(b), isRound(slotA) else { return }
        let (headA, headB) = (profiles[a], profiles[b])
        let (wholeA, wholeB) = (profiles[end(slotA)], profiles[end(slotB)])
        let capacity = slots[slotA].capacity
        guard headA.load + headB.load <= capacity,
            wholeA.load - headA.load + wholeB.load - headB.load <= capacity
        else { return }
        if slots[slotA].maximumDuration < .infinity {
            let heads = headA.length + headB.length + distance(a, b)
            let (nextA, nextB) = (next(a), next(b))
            let tails =
                wholeA.length - profiles[nextA].length + wholeB.length - profiles[nextB].length
                + distance(nextA, nextB)
            let rate = slots[slotA].timePerDistance
            let limit = slots[slotA].maximumDuration + TimeSpan.tolerance
            let service = headA.service + headB.service
            guard heads * rate + service <= limit,
                tails * rate + wholeA.service + wholeB.service - service <= limit
            else { return }
        }
        best.offer(.reversedTails, gain * slots[slotA].costPerDistance, a, b)
    }

    /// Whether routes of the slot end where they begin.
    private func isRound(_ slot: Int) -> Bool { distance(start(slot), end(slot)) == 0 }

    // MARK: Stretches

    /// Or-opt: stretches of one to three visits with `node` at one end go beside `other`.
    private func considerShifts(
        from node: Int, towards other: Int, _ near: Double, _ saved: Double, isForward: Bool,
        _ profiles: UnsafeMutablePointer<Profile>, _ best: inout Candidate
    ) {
        let (slotA, slotB) = (slot(node), slot(other))
        let isSame = slotA == slotB
        var far = node
        var load = 0.0
        for _ in 0..<Self.longestStretch {
            load += demand(far)
            if far == other || !isSame && load > slots[slotB].slack { return }
            let (first, last) = isForward ? (node, far) : (far, node)
            let (head, tail) = (previous(first), next(last))
            // One of the two arcs at the ends is in `saved` already.
            let released = saved + (isForward ? nodes[last].arc : nodes[first].arcBefore) - distance(head, tail)
            // Straight: `other` precedes a stretch that begins with `node`, or follows one that ends with it.
            let straight = isForward ? (other, next(other)) : (previous(other), other)
            let turned = isForward ? (previous(other), other) : (other, next(other))
            considerShift(first, last, released, far, isForward, straight, false, slotA, slotB, profiles, &best)
            if !features.isTimed {
                considerShift(first, last, released, far, isForward, turned, true, slotA, slotB, profiles, &best)
            }
            far = isForward ? next(far) : previous(far)
            guard isVisit(far) else { return }
        }
    }

    private func considerShift(
        _ first: Int, _ last: Int, _ released: Double, _ far: Int, _ isForward: Bool, _ gap: (head: Int, tail: Int),
        _ isReversed: Bool, _ slotA: Int, _ slotB: Int, _ profiles: UnsafeMutablePointer<Profile>,
        _ best: inout Candidate
    ) {
        // The gap must lie outside the stretch and beside none of its ends.
        if slotA == slotB {
            let (low, high) = (profiles[first].rank - 1, profiles[last].rank)
            if profiles[gap.head].rank >= low && profiles[gap.head].rank <= high { return }
        }
        let beyond = isForward != isReversed ? gap.tail : gap.head
        let (rateA, rateB) = (slots[slotA].costPerDistance, slots[slotB].costPerDistance)
        if rateA == rateB, (released + nodes[gap.head].arc) * rateA <= best.gain, slots[slotA].fixedCost == 0 { return }
        var gain = (released + nodes[gap.head].arc - distance(far, beyond)) * rateA
        if rateA != rateB {
            // `released` holds the new arc to `other`, which is driven at the other rate.
            gain = shiftGain(first, last, gap, isReversed, rateA, rateB)
        }
        if slots[slotA].count == profiles[last].rank - profiles[first].rank + 1 { gain += slots[slotA].fixedCost }
        guard gain > best.gain, canShift(first, last, gap, isReversed, slotA, slotB, profiles)
        else { return }
        best.offer(isReversed ? .reversedShift : .shift, gain, first, last, gap.head)
    }
}
