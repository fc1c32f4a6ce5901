/// Which stops go out.
extension Worker {
    /// How the ruin of an iteration is drawn; names and defaults as in the paper.
    struct RuinShape {
        /// Stops that go out on average.
        var averageRemoved = 9.0
        /// The longest string that goes out of one route.
        var longestString = 10.0
        /// How often a string keeps some of its middle.
        var splitRate = 0.5
        /// How often the kept middle grows by one more.
        var splitDepth = 0.01
        /// Stops a route has on average.
        var averageCount = 10.0
    }

    /// Takes strings of stops out of the routes round a visit.
    mutating func ruin(round seed: Int, _ shape: RuinShape) {
        let day = seed / tours.stopCount
        let base = day * tours.stopCount
        let longest = min(shape.longestString, shape.averageCount)
        let mostStrings = 4 * shape.averageRemoved / (1 + longest) - 1
        var stringsLeft = Int(random.unit() * mostStrings + 1)
        let list = tours.neighbours + (seed - base) * tours.neighbourCount
        let crossesDays = model.days > 1 && random.unit() < Self.crossingPart
        var index = -1
        while stringsLeft > 0, index < tours.neighbourCount {
            var node = index < 0 ? seed : base + Int(list[index].stop)
            if crossesDays, index >= 0 { node = tours.visit(of: Int(list[index].stop), &random) }
            index += 1
            guard tours.nodes[node].owner == owner else { continue }
            let slot = Int(tours.nodes[node].route)
            guard slot >= 0, !isTouched(slot) else { continue }
            let count = Int(tours.slots[slot].count)
            let length = Int(random.unit() * min(Double(count), longest) + 1)
            removeString(with: node, slot: slot, length: min(length, count), shape)
            stringsLeft -= 1
        }
        refreshTouched()
    }

    /// How often strings come from routes of several days: where vehicles are full, a visit only goes to another day in exchange
    /// for one that comes from it.
    private static let crossingPart = 0.5

    /// Takes a whole route out: the shortest of a few round a visit. Long routes lose a string at a time too little to ever
    /// be given up.
    mutating func ruinRoute(round seed: Int) {
        let base = seed / tours.stopCount * tours.stopCount
        let list = tours.neighbours + (seed - base) * tours.neighbourCount
        var slot = tours.nodes[seed].owner == owner ? tours.slot(seed) : -1
        for _ in 0..<min(Self.rivals, tours.neighbourCount) {
            let other = base + Int(list[random.below(tours.neighbourCount)].stop)
            let rival = tours.slot(other)
            guard rival >= 0, tours.nodes[other].owner == owner else { continue }
            if slot < 0 || tours.slots[rival].count < tours.slots[slot].count { slot = rival }
        }
        guard slot >= 0, tours.slots[slot].count <= Self.longestRuined else { return }
        var node = tours.next(tours.start(slot))
        while node != tours.end(slot) {
            let next = tours.next(node)
            remove(Int(tours.nodes[node].stop))
            node = next
        }
        refreshTouched()
    }

    /// Neighbours whose routes are compared, and the most stops of a route that goes out as a whole.
    private static let rivals = 8
    private static let longestRuined = 100

    /// Takes out so many stops in a row that the given one is among them, or leaves some of their middle.
    private mutating func removeString(with node: Int, slot: Int, length: Int, _ shape: RuinShape) {
        var kept = 0
        let count = Int(tours.slots[slot].count)
        if length > 1, length < count, random.unit() < shape.splitRate {
            kept = 1
            while length + kept < count, random.unit() < shape.splitDepth { kept += 1 }
        }
        let span = length + kept
        var first = node
        var back = random.below(span)
        while back > 0, tours.isVisit(Int(tours.nodes[first].previous)) {
            first = Int(tours.nodes[first].previous)
            back -= 1
        }
        // Where the route ends sooner, the string begins sooner.
        var ahead = 1
        var last = first
        while ahead < span, tours.isVisit(Int(tours.nodes[last].next)) {
            last = Int(tours.nodes[last].next)
            ahead += 1
        }
        while ahead < span {
            first = Int(tours.nodes[first].previous)
            ahead += 1
        }
        let keepFrom = kept > 0 ? 1 + random.below(length - 1) : span
        var current = first
        for position in 0..<span {
            let next = Int(tours.nodes[current].next)
            if position < keepFrom || position >= keepFrom + kept { remove(Int(tours.nodes[current].stop)) }
            current = next
        }
    }
}
