/// Local search round what an iteration touched: each node's moves towards its neighbours, while one of them saves something.
///
/// Granular (Toth and Vigo 2003) and with the gain criterion of Lin and Kernighan (1973): a move is looked at only from a
/// node whose new arc is shorter than the one that it gives up, so that the list of neighbours is left after a few of them.
extension Worker {
    /// Neighbours that are looked at, at most.
    private static let breadth = 12

    /// Whether moves of stretches know all that the problem asks for.
    static func canDescend(_ model: Model) -> Bool {
        let features = model.features
        return model.metric.isSymmetric && features.extraCount == 0 && !features.hasRules && !features.hasPins
            && features.churnPrice == 0 && !features.hasWorkCost
    }

    /// Which of a node's arcs are new.
    private enum Side {
        static let after: UInt8 = 1
        static let before: UInt8 = 2
    }

    mutating func queueAll() {
        for node in 0..<tours.endsBase where tours.nodes[node].route >= 0 { enqueue(node) }
    }

    /// Queues every node that this iteration gave another neighbour, with the side on which it did.
    mutating func queueTouched() {
        for index in 0..<witnessed.count {
            let node = witnessed[index]
            guard tours.nodes[node].route >= 0 else { continue }
            let former = neighbours[node]
            var sides: UInt8 = 0
            if tours.nodes[node].next != former.next { sides |= Side.after }
            if tours.nodes[node].previous != former.previous { sides |= Side.before }
            if sides != 0 { enqueue(node, sides) }
        }
    }

    mutating func enqueue(_ node: Int, _ sides: UInt8 = Side.after | Side.before) {
        guard tours.isVisit(node) else { return }
        if isQueued[node] == 0 { queue.append(node) }
        isQueued[node] |= sides
    }

    /// Makes improving moves until no queued node has one.
    mutating func descend() {
        while queue.count > 0 {
            let node = queue.removeLast()
            let sides = isQueued[node]
            isQueued[node] = 0
            guard tours.nodes[node].route >= 0, tours.nodes[node].owner == owner else { continue }
            let candidate = bestMove(node, sides)
            if candidate.kind != .none { apply(candidate) }
        }
        exchangeVehicles()
    }

    private func bestMove(_ node: Int, _ sides: UInt8) -> Candidate {
        var best = Candidate()
        let base = model.days == 1 ? 0 : node / tours.stopCount * tours.stopCount
        let list = tours.neighbours + (node - base) * tours.neighbourCount
        let after = sides & Side.after != 0 ? tours.nodes[node].arc : 0
        let before = sides & Side.before != 0 ? tours.nodes[node].arcBefore : 0
        ensureProfile(tours.slot(node))
        let longest = Float(max(after, before))
        for index in 0..<min(Self.breadth, tours.neighbourCount) {
            guard list[index].distance < longest else { break }
            let other = base + Int(list[index].stop)
            guard tours.nodes[other].route >= 0, tours.nodes[other].owner == owner,
                !tours.keepsApart(tours.slot(node), tours.slot(other))
            else { continue }
            ensureProfile(tours.slot(other))
            let near = tours.distance(node, other)
            if near < after, list[index].follows { tours.movesAfter(node, other, near, profiles, &best) }
            if near < before, list[index].precedes { tours.movesBefore(node, other, near, profiles, &best) }
        }
        return best
    }

    private mutating func apply(_ candidate: Candidate) {
        let (a, b, c, d) = (candidate.a, candidate.b, candidate.c, candidate.d)
        let slots = (tours.slot(a), tours.slot(candidate.kind == .tails || candidate.kind == .reversedTails ? b : c))
        switch candidate.kind {
        case .none: return
        case .tails: exchangeTails(a, b)
        case .reversal: reverse(a, b)
        case .reversedTails:
            let slot = slots.1
            let beyond = tours.next(b)
            reverse(tours.next(tours.start(slot)), tours.previous(tours.end(slot)))
            // What followed `b` now leads to it.
            exchangeTails(a, tours.isVisit(beyond) ? beyond : tours.start(slot))
        case .shift, .reversedShift: shift(a, b, after: c, isReversed: candidate.kind == .reversedShift)
        case .swap:
            let (headA, headC) = (tours.previous(a), tours.previous(c))
            shift(a, b, after: headC, isReversed: false)
            shift(c, d, after: headA, isReversed: false)
        }
        let second = candidate.kind == .reversal ? slots.0 : slots.1
        settle(slots.0)
        if second != slots.0 { settle(second) }
    }

    mutating func settle(_ slot: Int) {
        touch(slot)
        cost += tours.recount(slot, profiles)
        isProfiled[slot] = true
        if tours.needsRefresh { cost += tours.refresh(slot) }
    }

    @inline(__always)
    private func ensureProfile(_ slot: Int) {
        guard !isProfiled[slot] else { return }
        tours.profile(slot, profiles)
        isProfiled[slot] = true
    }

    // MARK: Steps, logged

    mutating func exchangeTails(_ a: Int, _ b: Int) {
        mark(tails: a, b)
        tours.exchangeTails(a, b)
        steps.append(.tails(a: Int32(a), b: Int32(b)))
        for node in [a, b] {
            enqueue(node)
            enqueue(tours.next(node))
        }
    }

    private mutating func mark(tails a: Int, _ b: Int) {
        for node in [a, b] {
            markChanged(node)
            markChanged(tours.previous(tours.end(tours.slot(node))))
        }
    }

    private mutating func reverse(_ first: Int, _ last: Int) {
        mark(stretch: first, last)
        enqueue(tours.previous(first))
        enqueue(tours.next(last))
        tours.reverse(first, last)
        steps.append(.reversal(first: Int32(last), last: Int32(first)))
        enqueue(first)
        enqueue(last)
    }

    private mutating func shift(_ first: Int, _ last: Int, after target: Int, isReversed: Bool) {
        let origin = tours.previous(first)
        mark(stretch: first, last)
        markChanged(target)
        for node in [origin, tours.next(last), target, tours.next(target), first, last] { enqueue(node) }
        tours.shift(first, last, after: target, isReversed: isReversed)
        let (begin, finish) = isReversed ? (last, first) : (first, last)
        steps.append(
            .shift(first: Int32(begin), last: Int32(finish), origin: Int32(origin), isReversed: isReversed))
    }

    private mutating func mark(stretch first: Int, _ last: Int) {
        markChanged(tours.previous(first))
        var node = first
        while node != last {
            markChanged(node)
            node = tours.next(node)
        }
        markChanged(last)
    }

    /// Takes the steps of this iteration back, the last one first.
    mutating func undoSteps() {
        guard !steps.isEmpty else { return }
        while let step = steps.popLast() {
            switch step {
            case .tails(let a, let b): tours.exchangeTails(Int(a), Int(b))
            case .reversal(let first, let last): tours.reverse(Int(first), Int(last))
            case .shift(let first, let last, let origin, let isReversed):
                tours.shift(Int(first), Int(last), after: Int(origin), isReversed: isReversed)
            }
        }
        for index in 0..<touched.count { _ = tours.recount(touched[index], profiles) }
    }
}
