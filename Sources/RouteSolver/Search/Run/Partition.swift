/// Routes divided among workers by where they lie.
struct Partition {
    /// What one worker has for a while.
    struct Region {
        /// Stops in its routes, and those that no route serves; along the Hilbert curve.
        var stops: [Int] = []
        var unserved: [Int] = []
        var freeSlots: [Int] = []
    }

    /// Counts the divisions: each cuts in another direction.
    let epoch: Int
    let parts: Int

    /// Gives every node and slot its owner.
    func divide(_ state: SearchState, bank: Worker) -> [Region] {
        let (nodes, slots) = (state.nodes.pointer, state.slots.pointer)
        let tours = bank.tours
        var regions = [Region](repeating: Region(), count: parts)
        let used = state.model.slots.indices.filter { slots[$0].count > 0 }
        let keys = used.map { key(of: $0, tours) }
        let order = used.indices.sorted { (keys[$0], $0) < (keys[$1], $1) }
        let total = used.reduce(0) { $0 + Int(slots[$1].count) }
        var seen = 0
        for index in order {
            let slot = used[index]
            let owner = Int16(min(parts - 1, seen * parts / max(1, total)))
            seen += Int(slots[slot].count)
            own(slot, owner, tours)
        }
        for stop in 0..<state.model.stopCount {
            if nodes[stop].route < 0 {
                // Whoever has the nearest neighbour in a route.
                let list = tours.neighbours + stop * tours.neighbourCount
                let beside = (0..<tours.neighbourCount).map { Int(list[$0].stop) }.first { nodes[$0].route >= 0 }
                nodes[stop].owner = beside.map { nodes[$0].owner } ?? 0
                regions[Int(nodes[stop].owner)].unserved.append(stop)
            }
            regions[Int(nodes[stop].owner)].stops.append(stop)
        }
        for slot in state.model.slots.indices where slots[slot].count == 0 {
            let owner = slot % parts
            own(slot, Int16(owner), tours)
            regions[owner].freeSlots.append(slot)
        }
        return regions
    }

    private func own(_ slot: Int, _ owner: Int16, _ tours: Tours) {
        tours.slots[slot].owner = owner
        var node = tours.start(slot)
        while node != tours.end(slot) {
            tours.nodes[node].owner = owner
            node = tours.next(node)
        }
        tours.nodes[node].owner = owner
    }

    /// A route's place along the direction of this division: that of its stops' mean.
    private func key(of slot: Int, _ tours: Tours) -> Double {
        // The golden angle never repeats a direction.
        let turn = Double(epoch) * 2.399963
        let (dx, dy) = Self.direction(turn)
        var (x, y, count) = (0.0, 0.0, 0.0)
        var node = tours.next(tours.start(slot))
        while node != tours.end(slot) {
            x += tours.nodes[node].x
            y += tours.nodes[node].y
            count += 1
            node = tours.next(node)
        }
        return (x * dx + y * dy) / max(1, count)
    }

    /// The point of a square's rim at about this angle: as good as cosine and sine here.
    private static func direction(_ angle: Double) -> (Double, Double) {
        let turn = (angle / (2 * Double.pi)).truncatingRemainder(dividingBy: 1) * 4
        let part = turn.truncatingRemainder(dividingBy: 1) * 2 - 1
        return switch Int(turn) {
        case 0: (1, part)
        case 1: (-part, 1)
        case 2: (-1, -part)
        default: (part, -1)
        }
    }
}
