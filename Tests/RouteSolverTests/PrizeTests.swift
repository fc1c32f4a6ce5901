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
}
