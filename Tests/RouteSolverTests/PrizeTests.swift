import Testing

@testable import RouteSolver

@Suite("Stops with prizes")
struct PrizeTests {
    /// No stop is worth its way alone, those of one place are together; the last stop is on its own.
    private static func problem() -> Problem {
        var places = [Place(x: 0, y: 0)]
        for (x, y) in [(100.0, 0.0), (-60, 80), (-60, -80)] {
            for step in 0..<8 { places.append(Place(x: x + Double(step % 3), y: y + Double(step / 3))) }
        }
        places.append(Place(x: 0, y: -100))
        return Problem(
            places: places, stops: (1..<places.count).map { Stop(place: $0, demand: [1], prize: 40) },
            vehicles: [Vehicle(count: nil, start: 0, capacities: [8])], travel: EuclideanTravel(.exact))
    }

    /// From nothing it begins with all of them and leaves out what is not worth it; from a plan that serves nobody a route
    /// has to be opened at a loss.
    @Test("routes are opened for stops that are worth it together", arguments: [nil, Plan(routes: [])])
    func opensRoutes(start: Plan?) throws {
        let outcome = try Solver(Self.problem()).solve(
            SolverOptions(timeLimit: nil, iterationLimit: 2_000, seed: 3, start: start))
        #expect(
            outcome.plan.routes.map { $0.stops.sorted() }.sorted { $0[0] < $1[0] } == [
                Array(0..<8), Array(8..<16), Array(16..<24),
            ])
    }

    /// Eight stops in two rows fill one vehicle and pay for the way together; between them lie 600 that are worth
    /// nothing, so that no neighbour of a stop is worth a visit.
    private static func ring() -> Problem {
        var places = [Place(x: 0, y: 0)]
        for step in 0..<8 { places.append(Place(x: 100 + Double(step % 4) * 60, y: Double(step / 4) * 60)) }
        for step in 0..<600 {
            places.append(Place(x: 90 + Double(step % 30) * 7 + 0.5, y: Double(step / 30) * 4 - 8.5))
        }
        let stops = (1..<places.count).map { Stop(place: $0, demand: [1], prize: $0 <= 8 ? 90 : 0.01) }
        return Problem(
            places: places, stops: stops, vehicles: [Vehicle(count: nil, start: 0, capacities: [8])],
            travel: EuclideanTravel(.exact))
    }

    @Test("what is worth its way together is found among much that is not", arguments: 1...5)
    func harvests(seed: UInt64) throws {
        let outcome = try Solver(Self.ring()).solve(
            SolverOptions(timeLimit: nil, iterationLimit: 12_000, seed: seed, start: Plan(routes: [])))
        #expect(outcome.plan.routes.map { $0.stops.sorted() } == [Array(0..<8)])
    }

    @Test("an arc that no neighbour stands at takes a stop in where few are served")
    func looksEverywhere() throws {
        let model = try Model(Self.ring())
        var run = SearchRun(model, seed: 1)
        run.worker.fill(0, [0, 3].map { model.renumbered[$0] })
        var random = Random(seed: 1)
        var blinks = Blinks(&random)
        let node = model.renumbered[1]
        func place(looksEverywhere: Bool) -> Insertion {
            run.worker.tours.cheapestInsertion(
                node, day: 0, kinds: model.kindsOfDay[0], owner: 0, limit: 90, ends: run.worker.ends,
                opening: .closed, looksEverywhere: looksEverywhere, blinks: &blinks)
        }
        #expect(!place(looksEverywhere: false).isPossible)
        let found = place(looksEverywhere: true)
        #expect(Int(found.previous) == model.renumbered[0] && abs(found.cost) < 1e-9)
    }
}
