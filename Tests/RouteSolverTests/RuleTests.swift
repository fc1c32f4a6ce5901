import Testing

@testable import RouteSolver

/// What a plan must respect, each rule alone, on problems whose best plan can be told.
@Suite("Rules")
struct RuleTests {
    /// Stops on a line at 1, 2, 3 … from a depot at 0.
    private static func line(_ count: Int, _ vehicles: [Vehicle]) -> Problem {
        Problem(
            places: (0...count).map { Place(x: Double($0), y: 0) }, stops: (1...count).map { Stop(place: $0) },
            vehicles: vehicles, travel: EuclideanTravel(.exact))
    }

    private static func solve(_ problem: Problem) throws -> SolverOutcome {
        try Solver(problem).solve(SolverOptions(timeLimit: nil, iterationLimit: 1_000))
    }

    @Test("a stop is left out when its prize is less than the way to it")
    func prizes() throws {
        var problem = Self.line(5, [Vehicle(start: 0)])
        for index in 0..<4 { problem.stops[index].prize = 10 }
        problem.stops[4].prize = 1
        let outcome = try Self.solve(problem)
        #expect(outcome.verdict.cost.total == 9)
        #expect(outcome.progress.unserved == 1)
    }

    @Test("forbidden and allowed vehicles, pinned positions and maximum stops hold")
    func assignment() throws {
        var problem = Self.line(6, [Vehicle(start: 0, maximumStops: 4), Vehicle(start: 0, maximumStops: 4)])
        problem.stops[0].allowedVehicles = [1]
        problem.stops[1].forbiddenVehicles = [1]
        problem.stops[5].position = .first
        problem.stops[2].position = .last
        let outcome = try Self.solve(problem)
        #expect(outcome.verdict.isFeasible, "\(outcome.verdict.violations)")
    }

    @Test("a stop comes after as many visits as it is pinned to")
    func ranks() throws {
        var problem = Self.line(6, [Vehicle(start: 0)])
        problem.stops[0].position = .after(3)
        let outcome = try Self.solve(problem)
        #expect(outcome.verdict.isFeasible, "\(outcome.verdict.violations)")
        // Out to the last one, back to the first, and out again for the two that are nearest to it.
        #expect(outcome.verdict.cost.total == 16)
        problem.stops[0].position = .after(6)
        #expect(try Self.solve(problem).verdict.violations == [Violation(rule: .unserved, stop: 0, amount: 1)])
        let tooSoon = Plan(routes: [.init(vehicle: 0, stops: [0, 1, 2, 3, 4, 5])])
        #expect(Checker.check(tooSoon, of: problem).violations.map(\.rule) == [.position])
        problem.stops[0].position = .after(-1)
        #expect(throws: ProblemError.self) { try problem.validate() }
    }

    @Test("a plan to start from keeps pinned visits where they stand right, and mends the others")
    func ranksFromPlan() throws {
        var problem = Self.line(4, [Vehicle(start: 0)])
        problem.days = 2
        problem.stops[0].visits = .patterns([0b11])
        problem.stops[2].position = .after(1)
        problem.stops[3].position = .after(3)
        let start = Plan(routes: [.init(vehicle: 0, day: 0, stops: [0, 2, 1, 3])])
        let model = try Model(problem)
        var run = SearchRun(model, seed: 1)
        // The first stop misses its second day and goes; what stood after it would stand wrong.
        run.worker.adopt(start)
        #expect(Set(run.worker.unserved.map { model.original[$0] }) == [0, 2, 3])
        #expect(run.worker.tours.fault(model) == nil)
        problem.stops[0].visits = .once
        let whole = try Model(problem)
        run = SearchRun(whole, seed: 1)
        run.worker.adopt(start)
        #expect(run.worker.unserved.isEmpty)
    }

    @Test("visits keep their gaps over the repeating horizon")
    func gaps() throws {
        #expect(VisitRule.every(frequency: 2, minimumGap: 3, maximumGap: 3).patterns(days: 6) == [9, 18, 36])
        #expect(VisitRule.every(frequency: 3, minimumGap: 3, maximumGap: 6).patterns(days: 6).isEmpty)
        var problem = Self.line(4, [Vehicle(start: 0, maximumStops: 2)])
        problem.days = 6
        problem.stops[0].visits = .every(frequency: 2, minimumGap: 3, maximumGap: 3)
        problem.stops[1].visits = .every(frequency: 3, minimumGap: 2, maximumGap: 2)
        let outcome = try Self.solve(problem)
        #expect(outcome.verdict.isFeasible, "\(outcome.verdict.violations)")
        #expect(outcome.plan.routes.map(\.stops.count).reduce(0, +) == 7)
    }

    @Test("a price on changes keeps the plan that people are used to, unless the detour costs more")
    func churn() throws {
        let vehicles = [Vehicle(start: 0, maximumStops: 3), Vehicle(start: 0, maximumStops: 3)]
        var problem = Self.line(4, vehicles)
        let used = Plan(routes: [.init(vehicle: 1, stops: [0, 3]), .init(vehicle: 0, stops: [1, 2])])
        problem.churn = Churn(plan: used, pricePerChange: 100)
        let kept = try Self.solve(problem)
        #expect(kept.verdict.cost.churn == 0)
        problem.churn = Churn(plan: used, pricePerChange: 0.01)
        #expect(try Self.solve(problem).verdict.cost.travel < kept.verdict.cost.travel)
    }

    @Test("balance spreads the work, and costs nothing that is not counted")
    func balance() throws {
        var problem = Self.line(6, [Vehicle(start: 0), Vehicle(start: 0)])
        #expect(try Self.solve(problem).plan.routes.count == 1)
        problem.balance = Balance(measure: .stops, weight: 10)
        let outcome = try Self.solve(problem)
        #expect(outcome.plan.routes.map(\.stops.count) == [3, 3])
        #expect(outcome.verdict.cost.balance == 180)
    }

    @Test("service begins within one of several windows, and the route within its duration")
    func windows() throws {
        var problem = Self.line(2, [Vehicle(start: 0, shift: TimeWindow(from: 0, until: 100), maximumDuration: 10)])
        problem.stops[0].windows = [TimeWindow(from: 5, until: 6), TimeWindow(from: 50, until: 60)]
        problem.stops[1].windows = [TimeWindow(from: 55, until: 58)]
        let outcome = try Self.solve(problem)
        #expect(outcome.verdict.isFeasible, "\(outcome.verdict.violations)")
    }

    @Test("several capacities hold at once")
    func capacities() throws {
        var problem = Self.line(4, [Vehicle(count: nil, start: 0, capacities: [10, 3], fixedCost: 1)])
        for index in 0..<4 { problem.stops[index].demand = [1, index < 2 ? 2 : 1] }
        let outcome = try Self.solve(problem)
        #expect(outcome.verdict.isFeasible, "\(outcome.verdict.violations)")
        #expect(outcome.plan.routes.count == 2)
    }

    @Test("geographic distances are those of the haversine formula")
    func geography() throws {
        let places = [Place(x: 13.4, y: 52.5), Place(x: 2.35, y: 48.86), Place(x: 2.36, y: 48.87)]
        let problem = Problem(
            places: places, stops: [Stop(place: 1), Stop(place: 2)], vehicles: [Vehicle(start: 0)],
            travel: GeographicTravel(detourFactor: 1.3))
        let model = try Model(problem)
        let state = SearchState(model)
        let (nodes, ends) = (state.nodes.pointer, model.endsBase)
        for stop in 0..<2 {
            let expected = problem.travel.distance(from: 0, to: model.original[stop] + 1, places: places)
            #expect(abs(model.metric.distance(nodes + ends, nodes + stop) - expected) < 0.01)
        }
    }
}
