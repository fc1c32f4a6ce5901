import Testing

@testable import RouteSolver

@Suite("Exchanges between days")
struct DayExchangeTests {
    /// Two places far from each other, each with as many visits as the one vehicle takes in a day, on whichever of two days.
    private static func problem() -> Problem {
        let places = [Place(x: 0, y: 0)] + (0..<12).map { Place(x: $0 < 6 ? 100 : -100, y: Double($0 % 6)) }
        return Problem(
            places: places, stops: (1...12).map { Stop(place: $0, demand: [1]) },
            vehicles: [Vehicle(start: 0, capacities: [6])], travel: EuclideanTravel(.exact), days: 2)
    }

    /// Both days go to both places.
    private static let mixed = Plan(routes: [
        .init(vehicle: 0, day: 0, stops: [0, 1, 2, 6, 7, 8]), .init(vehicle: 0, day: 1, stops: [3, 4, 5, 9, 10, 11]),
    ])

    @Test("an iteration takes stops out of routes of several days")
    func crossing() throws {
        let model = try Model(Self.problem())
        var run = SearchRun(model, seed: 1)
        run.construct(from: Self.mixed)
        var seen: Set<Int> = []
        for seed in 0..<40 {
            run.worker.begin()
            run.worker.ruin(round: run.worker.tours.visit(of: seed % 12, &run.worker.random), Worker.RuinShape())
            seen.insert(run.worker.touched.count)
            run.worker.undo()
        }
        #expect(seen == [1, 2])
    }

    @Test("days whose vehicles are full exchange their stops", arguments: 1...5)
    func exchanges(seed: UInt64) throws {
        let outcome = try Solver(Self.problem()).solve(
            SolverOptions(timeLimit: nil, iterationLimit: 1_000, seed: seed, start: Self.mixed))
        #expect(outcome.plan.routes.map { Set($0.stops) }.contains(Set(0..<6)))
        #expect(outcome.verdict.isFeasible)
    }
}
