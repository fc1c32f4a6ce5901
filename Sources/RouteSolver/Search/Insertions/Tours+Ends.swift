/// Insertion into the arcs between depots and the first and last visits of routes.
extension Tours {
    /// Takes the cheapest arc of those that leave a depot in the visit's direction, if it is cheaper than the best so far.
    func searchEnds(
        _ node: Int, _ depots: [RouteEnds.Depot], owner: Int16, blinks: inout Blinks, best: inout Insertion
    ) {
        forEachEnd(towards: node, depots) { terminal, detour in
            if detour * features.leastRate >= best.cost { return }
            considerEnd(node, terminal, owner: owner, blinks: &blinks, best: &best)
        }
    }

    /// Calls for the ends of routes whose arcs leave a depot in the visit's direction.
    ///
    /// - Parameter body: with the end, and a detour that the index alone tells: most are too far round, without a look at the
    ///   routes.
    @inline(__always)
    func forEachEnd(
        towards node: Int, _ depots: [RouteEnds.Depot], _ body: (_ terminal: Int, _ detour: Double) -> Void
    ) {
        let point = Vector(nodes[node])
        for depot in depots {
            let count = min(depot.entries.count, max(2, RouteEnds.breadth / depots.count))
            let radius = point.distance(to: depot.origin)
            var index = depot.first(of: count, near: depot.angle(to: point))
            for _ in 0..<count {
                let entry = depot.entries[index]
                index = index + 1 == depot.entries.count ? 0 : index + 1
                body(Int(entry.terminal), (radius + point.distance(to: entry.visit) - entry.radius) * metric.scale)
            }
        }
    }

    @inline(__always)
    func considerEnd(
        _ node: Int, _ terminal: Int, owner: Int16, blinks: inout Blinks, best: inout Insertion
    ) {
        let slot = slot(terminal)
        guard slots[slot].owner == owner, slots[slot].count > 0, fits(node, slot), !blinks.blinks() else { return }
        consider(node, after: terminal == start(slot) ? terminal : previous(terminal), slot, &best)
    }
}
