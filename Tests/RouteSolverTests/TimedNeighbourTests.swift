import Testing

@testable import RouteSolver

@Suite("Neighbours in time")
struct TimedNeighbourTests {
    /// Two rounds of stops at nearly the same places, one for the morning and one for the afternoon.
    private static func problem(perRound count: Int) -> Problem {
        let places = [Place(x: 0, y: 0)] + (0..<2 * count).map { Place(x: Double($0 % count), y: Double($0 / count)) }
        let stops = (1...2 * count).map { place in
            var stop = Stop(place: place)
            stop.serviceTime = 1
            let from = place <= count ? 0.0 : 10_000
            stop.windows = [TimeWindow(from: from, until: from + 1_000)]
            return stop
        }
        return Problem(places: places, stops: stops, vehicles: [Vehicle(start: 0)], travel: EuclideanTravel(.exact))
    }

    @Test("are stops that can follow soon, before nearer ones that must be waited for, still nearest first")
    func choice() throws {
        let count = 100
        let model = try Model(Self.problem(perRound: count))
        let isMorning = model.original.map { $0 < count }
        for stop in 0..<model.stopCount {
            let row = (0..<model.neighbourCount).map { model.neighbours.pointer[stop * model.neighbourCount + $0] }
            #expect(row.allSatisfy { isMorning[Int($0.stop)] == isMorning[stop] })
            #expect(zip(row, row.dropFirst()).allSatisfy { $0.distance <= $1.distance })
        }
    }

    @Test("say who may come before and after whom, as the windows do", arguments: 1...5)
    func directions(seed: UInt64) throws {
        var random = Random(seed: seed)
        let places = (0...30).map { _ in Place(x: random.unit() * 100, y: random.unit() * 100) }
        let stops = (1...30).map { place in
            var stop = Stop(place: place)
            stop.serviceTime = 5
            stop.windows = (0..<2).map { _ in
                let from = random.unit() * 300
                return TimeWindow(from: from, until: from + random.unit() * 100)
            }
            stop.windows.sort { $0.from < $1.from }
            return stop
        }
        let problem = Problem(
            places: places, stops: stops, vehicles: [Vehicle(start: 0)], travel: EuclideanTravel(.exact))
        let model = try Model(problem)
        func canFollow(_ a: Int, _ b: Int) -> Bool {
            let (first, second) = (problem.stops[model.original[a]], problem.stops[model.original[b]])
            let travel = problem.travel.distance(from: first.place, to: second.place, places: places)
            let soonest = (first.windows.map(\.from).min() ?? 0) + first.serviceTime + travel
            return soonest <= second.windows.map(\.until).max() ?? 0
        }
        var counts = [false: 0, true: 0]
        for stop in 0..<model.stopCount {
            for index in 0..<model.neighbourCount {
                let neighbour = model.neighbours.pointer[stop * model.neighbourCount + index]
                #expect(neighbour.follows == canFollow(stop, Int(neighbour.stop)))
                #expect(neighbour.precedes == canFollow(Int(neighbour.stop), stop))
                counts[neighbour.follows, default: 0] += 1
            }
        }
        #expect(counts[true] ?? 0 > 50 && counts[false] ?? 0 > 50)
    }
}
