/// Visits that are pinned to come after a number of others (`Stop.Position.after`).
extension Tours {
    /// Whether a visit is pinned to a rank.
    @inline(__always)
    func isRanked(_ node: Int) -> Bool { features.hasRanks && ranks[Int(nodes[node].stop)] >= 0 }

    /// Whether a visit that is pinned to a rank is the given node of the route, or comes after it: nothing may go in before it.
    @inline(__always)
    func precedesRanked(_ node: Int, _ slot: Int) -> Bool {
        guard features.hasRanks, rankedCount[slot] > 0 else { return false }
        var node = node
        while node != end(slot) {
            if isRanked(node) { return true }
            node = next(node)
        }
        return false
    }

    /// The cheapest route that has as many visits as are to come before the given one, and no pinned one after those.
    ///
    /// - Parameter offers: the best one so far, for each group of vehicles where visits keep to one.
    func rankedInsertions(
        _ node: Int, kinds: Range<Int>, slots day: Range<Int>, owner: Int16, blinks: inout Blinks,
        offers: UnsafeMutablePointer<Insertion>
    ) {
        let rank = ranks[Int(nodes[node].stop)]
        for slot in day where slots[slot].count > 0 && slots[slot].count >= rank {
            guard slots[slot].owner == owner, fits(node, slot), !blinks.blinks() else { continue }
            considerRank(node, rank, slot, offers)
        }
        for kind in kinds where rank == 0 && firstFree[kind] >= 0 && fits(node, Int(firstFree[kind])) {
            considerRank(node, 0, Int(firstFree[kind]), offers)
        }
    }

    private func considerRank(_ node: Int, _ rank: Int32, _ slot: Int, _ offers: UnsafeMutablePointer<Insertion>) {
        var previous = start(slot)
        for _ in 0..<rank { previous = next(previous) }
        consider(node, after: previous, slot, &offers[group(slot)])
    }
}
