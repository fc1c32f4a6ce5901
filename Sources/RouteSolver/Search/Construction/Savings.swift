/// A first solution by savings (Clarke and Wright 1964), looking only at pairs of neighbours so that it takes O(n log n).
///
/// For problems with one kind of route and without time windows; others begin with insertions.
struct Savings {
    private struct Saving {
        let value: Float
        let a: Int32
        let b: Int32
    }

    /// Ends of chains that each end is paired with.
    private static let endBreadth = 100

    private let model: Model
    private let nodes: UnsafeMutablePointer<Node>
    private let slot: RouteSlot
    /// The neighbours of a stop in its chain, -1 at the chain's ends.
    private var left: [Int32]
    private var right: [Int32]
    /// The chain of a stop that stands at an end, as a union-find forest (Tarjan 1975).
    private var parent: [Int32]
    private var load: [Double]
    private var time: [Double]

    /// Whether the method knows all that the problem asks for.
    static func suits(_ model: Model) -> Bool {
        model.features.isPlain && model.slotsOfKind.count == 1 && model.days == 1 && !model.features.hasPrizes
            && model.metric.isSymmetric
    }

    init(_ state: SearchState) {
        model = state.model
        nodes = state.nodes.pointer
        slot = state.model.slots[0]
        let count = model.stopCount
        left = [Int32](repeating: -1, count: count)
        right = left
        parent = (0..<count).map { Int32($0) }
        load = (0..<count).map { state.model.stops.pointer[$0].demand }
        time = []
        time = (0..<count).map { stop in
            (toStart(stop) + toEnd(stop)) * slot.timePerDistance + model.stops.pointer[stop].service
        }
    }

    /// The routes, each a list of stops, the fullest chains that savings gave.
    mutating func routes() -> [[Int]] {
        joinAll(savings())
        while joinAll(savingsBetweenEnds()) > 0 {}
        return chains()
    }

    /// - Returns: how many chains were joined.
    @discardableResult
    private mutating func joinAll(_ savings: [Saving]) -> Int {
        var count = 0
        for saving in savings where join(Int(saving.a), Int(saving.b), Double(saving.value)) { count += 1 }
        return count
    }

    /// Pairs of ends of chains that fit into one route: each end with the nearest other ends, however far they are. What was
    /// left of a place when its routes were full would otherwise keep a route of its own.
    private mutating func savingsBetweenEnds() -> [Saving] {
        let ends = (0..<model.stopCount).filter { left[$0] < 0 || right[$0] < 0 }
        guard ends.count > 1 else { return [] }
        let points = NearestPoints(
            x: ends.map { nodes[$0].x }, y: ends.map { nodes[$0].y }, z: ends.map { nodes[$0].z })
        var savings: [Saving] = []
        for (index, a) in ends.enumerated() {
            for near in points.nearest(to: index, count: min(ends.count - 1, Self.endBreadth)) {
                let b = ends[Int(near)]
                let (chainA, chainB) = (root(a), root(b))
                guard chainA != chainB, load[chainA] + load[chainB] <= slot.capacity else { continue }
                append(a, b, to: &savings)
            }
        }
        return sorted(savings)
    }

    private func toStart(_ stop: Int) -> Double { model.metric.distance(nodes + stop, nodes + model.endsBase) }
    private func toEnd(_ stop: Int) -> Double { model.metric.distance(nodes + stop, nodes + model.endsBase + 1) }

    private func savings() -> [Saving] {
        let count = model.neighbourCount
        var savings: [Saving] = []
        for a in 0..<model.stopCount {
            for index in 0..<count {
                let b = Int(model.neighbours.pointer[a * count + index].stop)
                // Of a pair that is in both lists, once.
                if b < a, isNeighbour(a, of: b) { continue }
                append(a, b, to: &savings)
            }
        }
        return sorted(savings)
    }

    private func append(_ a: Int, _ b: Int, to savings: inout [Saving]) {
        let value = toStart(a) + toStart(b) - model.metric.distance(nodes + a, nodes + b)
        if value > 0 { savings.append(Saving(value: Float(value), a: Int32(a), b: Int32(b))) }
    }

    private func sorted(_ savings: [Saving]) -> [Saving] {
        savings.sorted { $0.value != $1.value ? $0.value > $1.value : ($0.a, $0.b) < ($1.a, $1.b) }
    }

    private func isNeighbour(_ stop: Int, of other: Int) -> Bool {
        let list = model.neighbours.pointer + other * model.neighbourCount
        return (0..<model.neighbourCount).contains { list[$0].stop == Int32(stop) }
    }

    private mutating func root(_ stop: Int) -> Int {
        var stop = stop
        while parent[stop] != Int32(stop) {
            parent[stop] = parent[Int(parent[stop])]
            stop = Int(parent[stop])
        }
        return stop
    }

    private mutating func join(_ a: Int, _ b: Int, _ saving: Double) -> Bool {
        guard left[a] < 0 || right[a] < 0, left[b] < 0 || right[b] < 0 else { return false }
        let (chainA, chainB) = (root(a), root(b))
        guard chainA != chainB, load[chainA] + load[chainB] <= slot.capacity else { return false }
        let joined = time[chainA] + time[chainB] - saving * slot.timePerDistance
        // The saving is rounded to single precision.
        guard joined * (1 + 1e-6) <= slot.maximumDuration || slot.maximumDuration == .infinity else { return false }
        attach(a, b)
        attach(b, a)
        parent[chainB] = Int32(chainA)
        load[chainA] += load[chainB]
        time[chainA] = joined
        return true
    }

    /// Chains have no direction: which side of a stop is its left one does not matter.
    private mutating func attach(_ stop: Int, _ other: Int) {
        if left[stop] < 0 { left[stop] = Int32(other) } else { right[stop] = Int32(other) }
    }

    private func chains() -> [[Int]] {
        var isDone = [Bool](repeating: false, count: model.stopCount)
        var chains: [[Int]] = []
        for first in 0..<model.stopCount where !isDone[first] && (left[first] < 0 || right[first] < 0) {
            var chain: [Int] = []
            var (current, cameFrom) = (first, -1)
            while current >= 0 {
                isDone[current] = true
                chain.append(current)
                let onward = Int(left[current]) == cameFrom || left[current] < 0 ? right[current] : left[current]
                (current, cameFrom) = (Int(onward), current)
            }
            chains.append(chain)
        }
        return chains
    }
}
