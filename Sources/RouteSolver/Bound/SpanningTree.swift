/// The cheapest tree between all stops whose arcs cost their distance and the prices of both ends (Prim 1957: every pair is
/// looked at once).
struct SpanningTree {
    private let model: Model
    private(set) var arcs: [(from: Int, to: Int, cost: Double)] = []
    /// The cheapest arc from the tree to each stop that is not in it.
    private var nearest: [Double]
    private var parent: [Int]

    init(_ model: Model) {
        self.model = model
        nearest = [Double](repeating: .infinity, count: model.stopCount)
        parent = [Int](repeating: 0, count: model.stopCount)
    }

    mutating func grow(_ prices: [Double]) {
        arcs.removeAll(keepingCapacity: true)
        let rate = model.features.leastRate
        for stop in nearest.indices { nearest[stop] = .infinity }
        model.nodes.withUnsafeBufferPointer { nodes in
            guard let base = nodes.baseAddress else { return }
            // Stops that are in the tree are swapped behind the others.
            var outside = Array(1..<model.stopCount)
            var last = 0
            while !outside.isEmpty {
                var best = 0
                for index in outside.indices {
                    let stop = outside[index]
                    let cost = rate * model.metric.distance(base + last, base + stop) + prices[last] + prices[stop]
                    if cost < nearest[stop] { (nearest[stop], parent[stop]) = (cost, last) }
                    if nearest[stop] < nearest[outside[best]] { best = index }
                }
                last = outside[best]
                outside.swapAt(best, outside.count - 1)
                outside.removeLast()
                arcs.append((parent[last], last, nearest[last]))
            }
        }
    }
}
