/// Whether routes keep their times when visits change their order, told visit by visit from where the order changes on.
///
/// Only asked of moves that save something, and over at the first window that is broken.
extension Tours {
    typealias Gap = (head: Int, tail: Int)

    /// A stretch of another route between two nodes of this one, or of whatever stands between them now.
    func keepsTime(_ first: Int, _ last: Int, in gap: Gap, _ slot: Int) -> Bool {
        var span = before[gap.head]
        return extend(&span, from: gap.head, first, last, isReversed: false, slot)
            && closes(span, from: last, gap.tail, slot)
    }

    /// A stretch driven the other way round.
    func keepsTime(reversing first: Int, _ last: Int, _ slot: Int) -> Bool {
        let (head, tail) = (previous(first), next(last))
        var span = before[head]
        return extend(&span, from: head, first, last, isReversed: true, slot) && closes(span, from: first, tail, slot)
    }

    /// A stretch moved to between two nodes of its own route.
    ///
    /// - Parameter isForward: whether it comes later in the route than it was.
    func keepsTime(shifting first: Int, _ last: Int, to gap: Gap, isForward: Bool, _ slot: Int) -> Bool {
        let (head, tail) = (previous(first), next(last))
        if isForward {
            var span = before[head]
            return extend(&span, from: head, tail, gap.head, isReversed: false, slot)
                && extend(&span, from: gap.head, first, last, isReversed: false, slot)
                && closes(span, from: last, gap.tail, slot)
        }
        var span = before[gap.head]
        return extend(&span, from: gap.head, first, last, isReversed: false, slot)
            && extend(&span, from: last, gap.tail, head, isReversed: false, slot)
            && closes(span, from: head, tail, slot)
    }

    /// Adds the visits from `first` to `last` to what ends with `node`; false where a window is broken.
    private func extend(
        _ span: inout TimeSpan, from node: Int, _ first: Int, _ last: Int, isReversed: Bool, _ slot: Int
    ) -> Bool {
        var node = node
        let finish = isReversed ? first : last
        var onward = isReversed ? last : first
        while true {
            let travel = time(node, onward, distance(node, onward), slot)
            guard let joined = span.joined(visit(onward, window: Int(nodes[onward].window)), travel: travel) else {
                return false
            }
            span = joined
            if onward == finish { return true }
            node = onward
            onward = isReversed ? previous(onward) : next(onward)
        }
    }

    /// Whether the rest of the route, from `tail` on, can follow.
    private func closes(_ span: TimeSpan, from node: Int, _ tail: Int, _ slot: Int) -> Bool {
        guard let whole = span.joined(after[tail], travel: time(node, tail, distance(node, tail), slot)) else {
            return false
        }
        return whole.duration <= slots[slot].maximumDuration + TimeSpan.tolerance
    }
}
