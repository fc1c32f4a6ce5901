/// Visits that are pinned to come after a number of others: they go out of every route that an iteration changes, and in
/// again when all others have, those with few before them first.
extension Worker {
    /// Takes them out of the routes that lost visits; before anything goes in, as the log asks for.
    mutating func removeRanked() {
        guard tours.features.hasRanks else { return }
        var index = 0
        // Visits of the same stops on other days touch more routes.
        while index < touched.count {
            let slot = touched[index]
            index += 1
            guard tours.rankedCount[slot] > 0 else { continue }
            var node = tours.next(tours.start(slot))
            while node != tours.end(slot) {
                let next = tours.next(node)
                if tours.isRanked(node) { remove(Int(tours.nodes[node].stop)) }
                node = next
            }
        }
        refreshTouched()
    }

    /// Puts those that are out where their rank is cheapest.
    mutating func placeRanked() {
        guard tours.features.hasRanks else { return }
        let ranked = (0..<absent.count).map { absent[$0] }.filter { tours.isRanked($0) }
        for stop in ranked.sorted(by: { (tours.ranks[$0], $0) < (tours.ranks[$1], $1) }) where !place(stop) {
            enterBank(stop)
        }
    }
}
