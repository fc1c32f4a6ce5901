import Testing

@testable import RouteSolver

@Suite("Order and time windows")
struct TimedOrderTests {
    /// One vehicle, and windows of which a changed order breaks some and keeps some.
    private static func problem(seed: UInt64) -> Problem {
        var random = Random(seed: seed)
        let places = (0...14).map { _ in Place(x: random.unit() * 100, y: random.unit() * 100) }
        let stops = (1...14).map { place in
            var stop = Stop(place: place)
            stop.serviceTime = 5
            let from = random.unit() * 500
            stop.windows = [TimeWindow(from: from, until: from + 150 + random.unit() * 300)]
            return stop
        }
        return Problem(
            places: places, stops: stops,
            vehicles: [Vehicle(start: 0, shift: TimeWindow(from: 0, until: 1_500))], travel: EuclideanTravel(.exact))
    }

    /// Whether the visits can be made in this order, by the clock.
    private static func isPossible(_ order: [Int], _ tours: Tours) -> Bool {
        var (clock, node) = (0.0, tours.start(0))
        for visit in order {
            let window = tours.visit(visit, window: 0)
            clock = max(clock + tours.distance(node, visit), window.earliest)
            if clock > window.latest + TimeSpan.tolerance { return false }
            clock += window.duration
            node = visit
        }
        return clock + tours.distance(node, tours.end(0)) <= 1_500 + TimeSpan.tolerance
    }

    @Test("turned and shifted stretches keep their windows exactly where the clock says so", arguments: 1...10)
    func moves(seed: UInt64) throws {
        let model = try Model(Self.problem(seed: seed))
        var run = SearchRun(model, seed: seed)
        run.construct(from: nil)
        let tours = run.worker.tours
        var order: [Int] = []
        var node = tours.next(tours.start(0))
        while node != tours.end(0) {
            order.append(node)
            node = tours.next(node)
        }
        var counts = [false: 0, true: 0]
        for first in order.indices {
            for last in first..<order.count {
                let stretch = Array(order[first...last])
                let turned = order[..<first] + stretch.reversed() + order[(last + 1)...]
                let told = tours.keepsTime(reversing: order[first], order[last], 0)
                #expect(told == Self.isPossible(Array(turned), tours))
                counts[told, default: 0] += 1
                let rest = Array(order[..<first] + order[(last + 1)...])
                for place in 0...rest.count where place != first {
                    let head = place == 0 ? tours.start(0) : rest[place - 1]
                    let gap = (head: head, tail: place == rest.count ? tours.end(0) : rest[place])
                    let shifted = Array(rest[..<place] + stretch + rest[place...])
                    let told = tours.keepsTime(
                        shifting: order[first], order[last], to: gap, isForward: place > first, 0)
                    #expect(told == Self.isPossible(shifted, tours))
                    counts[told, default: 0] += 1
                }
            }
        }
        withExtendedLifetime(run) { #expect(counts[true] ?? 0 > 5 && counts[false] ?? 0 > 5) }
    }
}
