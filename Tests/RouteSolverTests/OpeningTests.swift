import Testing

@testable import RouteSolver

@Suite("Opening routes")
struct OpeningTests {
    /// A place far away with much to deliver: one small vehicle a stop, or one large vehicle for all.
    private static func problem() -> Problem {
        let places = [Place(x: 0, y: 0)] + (0..<20).map { Place(x: 100 + Double($0 % 5), y: Double($0 / 5)) }
        let small = Vehicle(count: nil, start: 0, capacities: [10], fixedCost: 100)
        let large = Vehicle(count: nil, start: 0, capacities: [200], fixedCost: 300)
        return Problem(
            places: places, stops: (1...20).map { Stop(place: $0, demand: [10]) }, vehicles: [small, large],
            travel: EuclideanTravel(.exact))
    }

    @Test("the first visit opens the cheaper vehicle at its whole cost, the larger one at its share of it")
    func shares() throws {
        let model = try Model(Self.problem())
        let run = SearchRun(model, seed: 1)
        func place(_ opening: Opening) -> Insertion {
            var random = Random(seed: 1)
            var blinks = Blinks(&random)
            return run.worker.tours.cheapestInsertion(
                0, day: 0, kinds: model.kindsOfDay[0], owner: 0, limit: .infinity, ends: run.worker.ends,
                opening: opening, blinks: &blinks)
        }
        let far = model.depotDistances.pointer[0]
        let (whole, small) = (place(.any), place(Opening(kind: 0, leastShare: 0)))
        let (large, least) = (place(Opening(kind: 1, leastShare: 0)), place(Opening(kind: 1, leastShare: 0.5)))
        #expect(model.slotsOfKind[0].contains(Int(whole.slot)) && whole.cost == 100 + 2 * far)
        #expect(model.slotsOfKind[0].contains(Int(small.slot)) && small.cost == whole.cost)
        #expect(model.slotsOfKind[1].contains(Int(large.slot)) && abs(large.cost - (300 + 2 * far) / 20) < 1e-9)
        #expect(model.slotsOfKind[1].contains(Int(least.slot)) && abs(least.cost - (300 + 2 * far) / 2) < 1e-9)
        #expect(!place(.closed).isPossible && !place(Opening(kind: 2, leastShare: 0)).isPossible)
    }

    @Test("a large vehicle takes over from many small ones", arguments: 1...5)
    func largerVehicle(seed: UInt64) throws {
        let outcome = try Solver(Self.problem()).solve(
            SolverOptions(timeLimit: nil, iterationLimit: 1_000, seed: seed))
        #expect(outcome.plan.routes.map(\.vehicle) == [1])
        #expect(outcome.verdict.isFeasible && outcome.verdict.cost.total < 600)
    }

    @Test("the shortest route round a stop goes out as a whole")
    func wholeRoute() throws {
        var problem = Self.problem()
        problem.vehicles = [Vehicle(count: nil, start: 0, capacities: [200])]
        let model = try Model(problem)
        var run = SearchRun(model, seed: 1)
        let routes = [Array(0..<17), Array(17..<20)]
        for (slot, stops) in routes.enumerated() { run.worker.fill(slot, stops.map { model.renumbered[$0] }) }
        var out: Set<[Int]> = []
        for seed in 0..<20 {
            run.worker.begin()
            run.worker.ruinRoute(round: seed)
            out.insert((0..<run.worker.absent.count).map { model.original[run.worker.absent[$0]] }.sorted())
            run.worker.undo()
        }
        #expect(out.contains(routes[1]) && out.isSubset(of: Set(routes)))
    }
}
