/// Insertions where all visits of a stop are made by vehicles of one group (see `Consistency`).
extension Tours {
    /// The group of the vehicle that drives the slot's route; 0 where nothing asks for groups.
    @inline(__always)
    func group(_ slot: Int) -> Int { features.isConsistent ? Int(groups[Int(slots[slot].vehicle)]) : 0 }

    /// Whether a visit must not go from one of the routes to the other alone.
    @inline(__always)
    func keepsApart(_ a: Int, _ b: Int) -> Bool { group(a) != group(b) }

    /// The groups whose vehicles visit the stop; more than one, and its visits break the rule.
    func groups(visiting stop: Int) -> Set<Int> {
        Set(stride(from: stop, to: endsBase, by: stopCount).filter { nodes[$0].route >= 0 }.map { group(slot($0)) })
    }

    /// The cheapest insertion of a visit into the routes of each group, at the same places as `cheapestInsertion` looks at.
    ///
    /// - Parameter offers: one for each group; those that cost less are put there.
    func cheapestInsertions(
        _ node: Int, day: Int, kinds: Range<Int>, owner: Int16, ends: RouteEnds, opening: Opening,
        blinks: inout Blinks, offers: UnsafeMutablePointer<Insertion>
    ) {
        let list = neighbours + Int(nodes[node].stop) * neighbourCount
        let base = day * stopCount
        for index in 0..<neighbourCount {
            let beside = base + Int(list[index].stop)
            let slot = Int(nodes[beside].route)
            guard slot >= 0, nodes[beside].owner == owner, fits(node, slot), !blinks.blinks() else { continue }
            let group = group(slot)
            if list[index].precedes { consider(node, after: beside, slot, &offers[group]) }
            if list[index].follows { consider(node, after: Int(nodes[beside].previous), slot, &offers[group]) }
        }
        forEachEnd(towards: node, ends.depotsOfDay[day]) { terminal, detour in
            let group = group(slot(terminal))
            guard detour * features.leastRate < offers[group].cost else { return }
            considerEnd(node, terminal, owner: owner, blinks: &blinks, best: &offers[group])
        }
        for kind in kinds where firstFree[kind] >= 0 && opening.allows(kind - kinds.lowerBound) {
            let slot = Int(firstFree[kind])
            considerUnused(node, slot, opening, &offers[group(slot)])
        }
    }

    /// The cheapest insertion into any position of the used routes of each group.
    func widestInsertions(_ node: Int, slots day: Range<Int>, owner: Int16, offers: UnsafeMutablePointer<Insertion>) {
        for slot in day where slots[slot].count > 0 && slots[slot].owner == owner && fits(node, slot) {
            searchRoute(node, slot, &offers[group(slot)])
        }
    }
}
