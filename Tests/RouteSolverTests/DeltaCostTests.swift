import Testing

@testable import RouteSolver

/// Costs and lists that are kept up to date move by move equal what is computed afresh.
@Suite("Delta costs")
struct DeltaCostTests {
    /// Accepts and undoes iterations at random, so that worse solutions, and solutions that leave stops out, are come by.
    @Test("equal full recomputation after every random iteration", arguments: 1...24)
    func recomputation(seed: UInt64) throws {
        try Self.recompute(RandomProblems.problem(seed: seed), seed: seed)
    }

    @Test("and where vehicles begin at several places on several days", arguments: 1...24)
    func depots(seed: UInt64) throws {
        var problem = RandomProblems.consistent(seed: seed)
        if seed % 4 < 2 { problem.consistency = nil }
        try Self.recompute(problem, seed: seed)
    }

    private static func recompute(_ problem: Problem, seed: UInt64) throws {
        guard let model = try? Model(problem) else { return }
        var run = SearchRun(model, seed: seed)
        run.construct(from: nil)
        var coin = Random(seed: seed)
        for iteration in 0..<400 {
            if iteration % 16 == 0 { run.worker.ends.rebuild(run.worker.tours, owner: 0) }
            run.worker.begin()
            let before = run.worker.cost
            let seedNode = coin.below(model.endsBase)
            if run.worker.servesFew, coin.below(4) == 0 {
                run.worker.harvest(round: seedNode, Worker.RuinShape())
            } else {
                run.worker.takeNearbyFromBank(seedNode, breadth: 20)
                if coin.below(4) == 0 { run.worker.opening = Opening(kind: coin.below(2), leastShare: 0.1) }
                if coin.below(8) == 0 { run.worker.ruinRoute(round: seedNode) }
                run.worker.ruin(round: seedNode, Worker.RuinShape())
                run.worker.recreate()
            }
            if Worker.canDescend(model) {
                run.worker.queueTouched()
                run.worker.descend()
            }
            if coin.below(3) == 0 {
                run.worker.undo()
                #expect(run.worker.cost == before)
            }
            let fault = run.worker.tours.fault(model)
            let fresh = Pricing.cost(run.worker.tours, model) + run.worker.bankPrice
            let isEqual = abs(fresh - run.worker.cost) <= 1e-6 * max(1, abs(fresh))
            guard fault == nil, isEqual else {
                Issue.record("seed \(seed), iteration \(iteration): \(fault ?? "\(run.worker.cost) is not \(fresh)")")
                return
            }
        }
    }

    /// The checker shares no code with the search, and finds the same cost and no broken rule.
    @Test("and the checker's price of the plan", arguments: 1...24)
    func checker(seed: UInt64) throws {
        let problem = RandomProblems.problem(seed: seed)
        guard let solver = try? Solver(problem) else { return }
        var last: Double?
        let outcome = solver.solve(SolverOptions(timeLimit: nil, iterationLimit: 3_000, seed: seed)) { event in
            if case .better(_, let progress) = event { last = progress.bestCost }
        }
        #expect(last != nil)
        let broken = outcome.verdict.violations.filter { $0.rule != .unserved }
        #expect(broken.isEmpty, "seed \(seed): \(broken)")
        let model = try Model(problem)
        var run = SearchRun(model, seed: seed)
        run.construct(from: outcome.plan)
        #expect(run.worker.unservedMandatory <= outcome.progress.unservedMandatory)
    }
}
