/// A cost that no plan goes below: the higher one of two bounds.
///
/// Radial (Haimovich and Rinnooy Kan 1985): a route is at least twice as long as the way to its farthest stop, so that each stop
/// costs at least its part of a vehicle's capacity, there and back. Near where few stops fill a vehicle.
///
/// By prices on stops (Held and Karp 1970 for tours, Fisher 1994 for several vehicles), near where routes are long. Without
/// its depots a plan is a forest of as many paths as it has routes, and each route has two arcs at a depot. The cheapest
/// forest of any shape and the cheapest such arcs together cost no more. Prices, which rise where a stop has more than two
/// arcs there and fall where it has fewer, cancel out in every plan, and bring the forest near to one.
struct LowerBound {
    private let model: Model
    private let count: Int
    private let routes: ClosedRange<Int>
    /// Of the largest vehicle; nil: not limited.
    private let capacity: Double?
    private let fixedCost: Double
    /// The cheapest arc between each stop and a depot.
    private let depotArcs: [Double]
    private var prices: [Double]
    private lazy var tree = SpanningTree(model)

    /// Each step looks at every pair of stops.
    private static let mostStops = 1_500
    private static let mostPairs = 60_000_000
    private static let mostSteps = 200

    /// There is a bound for problems of one day whose stops must all be served, with distances that are the same both ways.
    init?(_ model: Model) {
        guard model.days == 1, !model.features.hasPrizes, model.metric.isSymmetric,
            model.stopCount > 1, let kinds = model.kindsOfDay.first
        else { return nil }
        let largest = model.slots.map(\.capacity).max() ?? 0
        capacity = largest > 0 && largest < .infinity ? largest : nil
        guard let routes = Self.routes(model, capacity: capacity) else { return nil }
        self.model = model
        self.routes = routes
        count = model.stopCount
        fixedCost = model.slots.map(\.fixedCost).min() ?? 0
        depotArcs = Self.depotArcs(model, kinds)
        prices = [Double](repeating: 0, count: count)
    }

    /// How many routes a plan has: as the largest vehicle's capacity and the fleet's size tell.
    private static func routes(_ model: Model, capacity: Double?) -> ClosedRange<Int>? {
        let demand = (0..<model.stopCount).reduce(0) { $0 + model.stops.pointer[$1].demand }
        let least = capacity.map { Int((demand / $0 - 1e-9).rounded(.up)) } ?? 1
        let most = min(model.stopCount, model.slots.count)
        return max(1, least) <= most ? max(1, least)...most : nil
    }

    private static func depotArcs(_ model: Model, _ kinds: Range<Int>) -> [Double] {
        let ends = kinds.flatMap { kind in
            let first = model.endsBase + 2 * model.slotsOfKind[kind].lowerBound
            return [first, first + 1]
        }
        return model.nodes.withUnsafeBufferPointer { nodes in
            guard let base = nodes.baseAddress else { return [] }
            return (0..<model.stopCount).map { stop in
                let nearest = ends.map { model.metric.distance(base + stop, base + $0) }.min() ?? 0
                return nearest * model.features.leastRate
            }
        }
    }

    /// - Parameter isOver: asked before every step of the second bound but the first.
    mutating func cost(isOver: () -> Bool) -> Double {
        let radial = radialCost
        return count <= Self.mostStops ? max(radial, forestCost(isOver: isOver)) : radial
    }

    private var radialCost: Double {
        guard let capacity else { return 0 }
        // Rounded distances may lack as much of real ones, and so of the triangle inequality.
        let slack = model.metric.rounding * model.features.leastRate
        let ways = depotArcs.indices.reduce(0) { sum, stop in
            sum + model.stops.pointer[stop].demand / capacity * max(0, depotArcs[stop] - slack)
        }
        let most = Double(count + routes.upperBound)
        return max(0, 2 * ways - slack * most) + fixedCost * Double(routes.lowerBound)
    }

    /// Raises the bound step by step.
    private mutating func forestCost(isOver: () -> Bool) -> Double {
        var best = 0.0
        var (pace, stale) = (2.0, 0)
        for step in 0..<max(1, min(Self.mostSteps, Self.mostPairs / (count * count))) {
            if step > 0, isOver() { break }
            let (cost, arcs) = relaxed()
            if cost > best { (best, stale) = (cost, 0) } else { stale += 1 }
            if stale >= 5 { (pace, stale) = (pace / 2, 0) }
            let excess = arcs.map { Double($0 - 2) }
            let length = excess.reduce(0) { $0 + $1 * $1 }
            guard length > 0 else { break }
            // Towards a little above the best so far.
            let stride = pace * max(0.03 * abs(best), best - cost) / length
            for stop in 0..<count { prices[stop] += stride * excess[stop] }
        }
        return best
    }

    /// The cheapest forest and arcs at depots under the prices, and how many arcs each stop has in them.
    private mutating func relaxed() -> (cost: Double, arcs: [Int]) {
        tree.grow(prices)
        let longest = tree.arcs.indices.sorted { (tree.arcs[$0].cost, $0) > (tree.arcs[$1].cost, $1) }
        let nearest = (0..<count).sorted { (depotArcs[$0] + prices[$0], $0) < (depotArcs[$1] + prices[$1], $1) }
        var cost = tree.arcs.reduce(0) { $0 + $1.cost } - 2 * prices.reduce(0, +)
        var (least, chosen) = (Double.infinity, routes.lowerBound)
        for number in 1...routes.upperBound {
            // One route more: one arc of the tree fewer, and two at a depot.
            if number > 1 { cost -= tree.arcs[longest[number - 2]].cost }
            let stop = nearest[number - 1]
            cost += 2 * (depotArcs[stop] + prices[stop]) + fixedCost
            if number >= routes.lowerBound, cost < least { (least, chosen) = (cost, number) }
        }
        var arcs = [Int](repeating: 0, count: count)
        for stop in nearest.prefix(chosen) { arcs[stop] += 2 }
        for index in longest.dropFirst(chosen - 1) {
            arcs[tree.arcs[index].from] += 1
            arcs[tree.arcs[index].to] += 1
        }
        return (least, arcs)
    }
}
