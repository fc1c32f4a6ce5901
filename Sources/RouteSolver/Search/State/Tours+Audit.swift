/// What must hold of the linked lists whatever was done to them; tests ask after every iteration.
extension Tours {
    /// The first thing that does not hold; nil where all does.
    func fault(_ model: Model) -> String? {
        for slot in model.slots.indices {
            var (node, count, load, length, steps) = (start(slot), 0, 0.0, 0.0, 0)
            while node != end(slot) {
                let following = next(node)
                guard (0..<model.nodes.count).contains(following), steps <= model.nodes.count else {
                    return "slot \(slot) is no list at node \(node)"
                }
                if previous(following) != node { return "node \(following) does not follow \(node) both ways" }
                if self.slot(following) != slot { return "node \(following) stands in slot \(slot) and says another" }
                let arc = distance(node, following)
                if abs(arc - nodes[node].arc) > 1e-9 || abs(arc - nodes[following].arcBefore) > 1e-9 {
                    return "the arc from \(node) to \(following) is \(arc)"
                }
                length += arc
                if isVisit(following) {
                    count += 1
                    load += demand(following)
                    if isRanked(following), ranks[Int(nodes[following].stop)] != count - 1 {
                        return "node \(following) comes after \(count - 1) visits of slot \(slot)"
                    }
                }
                node = following
                steps += 1
            }
            let record = slots[slot]
            if Int(record.count) != count { return "slot \(slot) has \(count) visits and says \(record.count)" }
            if abs(record.capacity - load - record.slack) > 1e-6 { return "slot \(slot) carries \(load)" }
            if abs(record.distance - length) > 1e-6 { return "slot \(slot) is \(length) long, not \(record.distance)" }
        }
        for stop in 0..<stopCount where groups(visiting: stop).count > 1 {
            return "the visits of stop \(stop) are made by groups \(groups(visiting: stop).sorted())"
        }
        return nil
    }
}
