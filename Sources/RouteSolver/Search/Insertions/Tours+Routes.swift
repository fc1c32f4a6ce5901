/// The cheapest place for a visit among all arcs of routes.
extension Tours {
    /// Takes the cheapest position in a used route if it is cheaper than the best so far; `fits` has been asked.
    @inline(__always)
    func searchRoute(_ node: Int, _ slot: Int, _ best: inout Insertion) {
        let rate = slots[slot].costPerDistance
        // Work may save something.
        let mayBeFree = features.balance != nil
        let end = end(slot)
        var previous = start(slot)
        var toNode = distance(previous, node)
        while previous != end {
            let next = Int(nodes[previous].next)
            let fromNode = distance(node, next)
            if (toNode + fromNode - nodes[previous].arc) * rate < best.cost || mayBeFree {
                consider(node, after: previous, slot, &best)
            }
            toNode = metric.isSymmetric ? fromNode : distance(next, node)
            previous = next
        }
    }

    /// Looks at all of the given routes that are in use: where few stops are served, a stop's neighbours show few of them.
    func searchUsed(_ node: Int, _ used: [Int32], owner: Int16, blinks: inout Blinks, best: inout Insertion) {
        for slot in used {
            let slot = Int(slot)
            guard slots[slot].count > 0, slots[slot].owner == owner, fits(node, slot), !blinks.blinks() else {
                continue
            }
            searchRoute(node, slot, &best)
        }
    }

    /// Looks at every position of every used route of the day: for visits that found none beside their neighbours.
    func widestInsertion(_ node: Int, slots day: Range<Int>, owner: Int16, limit: Double) -> Insertion {
        var best = Insertion.none
        best.cost = limit
        for slot in day where slots[slot].count > 0 && slots[slot].owner == owner && fits(node, slot) {
            searchRoute(node, slot, &best)
        }
        return best
    }
}
