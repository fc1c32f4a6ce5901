import Testing

@testable import RouteSolver

@Suite("Visits of a stop by one vehicle, or from one depot")
struct ConsistencyTests {
    /// Depots at 0 and 100; one stop between them, and on each of two days another one that makes the day's route begin at the
    /// other depot: alone it would be visited from 0 on the first day and from 100 on the second.
    private static func problem(_ consistency: Consistency?) -> Problem {
        var stops = [Stop(place: 2), Stop(place: 3), Stop(place: 4)]
        stops[0].visits = .patterns([0b11])
        stops[1].visits = .patterns([0b01])
        stops[2].visits = .patterns([0b10])
        return Problem(
            places: [0, 100, 50, 40, 60].map { Place(x: $0, y: 0) }, stops: stops,
            vehicles: [Vehicle(start: 0), Vehicle(start: 1)], travel: EuclideanTravel(.exact), days: 2,
            consistency: consistency)
    }

    private static let split = Plan(routes: [
        .init(vehicle: 0, day: 0, stops: [1, 0]), .init(vehicle: 1, day: 1, stops: [2, 0]),
    ])

    private static func solve(_ problem: Problem, start: Plan? = nil) throws -> SolverOutcome {
        try Solver(problem).solve(SolverOptions(timeLimit: nil, iterationLimit: 1_000, start: start))
    }

    @Test("the checker names a stop that breaks the rule, and only where it is asked for")
    func checks() {
        #expect(Checker.check(Self.split, of: Self.problem(nil)).isFeasible)
        let byVehicle = Checker.check(Self.split, of: Self.problem(.vehicle)).violations
        #expect(byVehicle == [Violation(rule: .vehicle, stop: 0, amount: 1)])
        let byStart = Checker.check(Self.split, of: Self.problem(.start)).violations
        #expect(byStart == [Violation(rule: .start, stop: 0, amount: 1)])
        var shared = Self.problem(.start)
        shared.vehicles[1].start = 0
        #expect(Checker.check(Self.split, of: shared).isFeasible)
    }

    @Test("the cheapest plan keeps to one", arguments: [Consistency.vehicle, .start])
    func plans(_ consistency: Consistency) throws {
        let free = try Self.solve(Self.problem(nil))
        #expect(free.verdict.cost.total == 200)
        let kept = try Self.solve(Self.problem(consistency))
        #expect(kept.verdict.isFeasible, "\(kept.verdict.violations)")
        #expect(kept.verdict.cost.total == 220)
    }

    @Test("random plans keep the rule, and hold together", arguments: 1...24)
    func random(seed: UInt64) throws {
        let problem = RandomProblems.consistent(seed: seed)
        let model = try Model(problem)
        #expect(model.features.isConsistent)
        #expect(Worker.canDescend(model) || !seed.isMultiple(of: 2))
        let outcome = try Solver(problem).solve(SolverOptions(timeLimit: nil, iterationLimit: 1_000, seed: seed))
        let broken = outcome.verdict.violations.filter { $0.rule != .unserved }
        #expect(broken.isEmpty, "seed \(seed): \(broken)")
        #expect(outcome.plan.routes.contains { !$0.stops.isEmpty })
        var run = SearchRun(model, seed: seed)
        run.construct(from: outcome.plan)
        #expect(run.worker.tours.fault(model) == nil)
    }

    @Test("a plan to start from that breaks the rule is mended")
    func warmStart() throws {
        var run = SearchRun(try Model(Self.problem(.start)), seed: 1)
        run.worker.adopt(Self.split)
        #expect(run.worker.isUnserved(run.state.model.renumbered[0]))
        let outcome = try Self.solve(Self.problem(.start), start: Self.split)
        #expect(outcome.verdict.isFeasible, "\(outcome.verdict.violations)")
    }

    @Test("a plan to start from of which no stop can stay is taken apart")
    func takenApart() throws {
        var problem = Self.problem(.start)
        for stop in problem.stops.indices { problem.stops[stop].visits = .patterns([0b11]) }
        let half = Plan(routes: [.init(vehicle: 0, day: 0, stops: [1, 0, 2])])
        var run = SearchRun(try Model(problem), seed: 1)
        run.worker.adopt(half)
        #expect(run.worker.unserved.count == 3)
        #expect(run.worker.absent.count == 3)
        #expect(run.worker.tours.fault(run.state.model) == nil)
    }

    @Test("one vehicle for all visits is asked only of single vehicles")
    func refuses() {
        var problem = Self.problem(.vehicle)
        problem.vehicles[0].count = 2
        #expect(throws: ProblemError.self) { try problem.validate() }
    }
}
