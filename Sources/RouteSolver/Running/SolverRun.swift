import Dispatch

/// One run of the solver, from the problem to the checked plan.
struct SolverRun {
    private let problem: Problem
    private let options: SolverOptions
    private let clockwork: Clockwork
    private let cancellation: Cancellation

    /// From so many stops on, threads share one solution instead of searching one each: in a minute one thread does as well with
    /// fewer, as borders between regions cost something.
    private static let sharedStopCount = 5_000
    /// The time between two events.
    private static let reportSeconds = 0.1
    /// The part of a run, and the time, that a bound may take at most.
    private static let boundPart = 0.02
    private static let boundSeconds = 0.5

    init(_ problem: Problem, _ options: SolverOptions, begin: ContinuousClock.Instant, _ cancellation: Cancellation) {
        self.problem = problem
        self.options = options
        self.cancellation = cancellation
        clockwork = Clockwork(options, begin: begin)
    }

    func outcome(_ onEvent: (SolverEvent) -> Void) -> SolverOutcome {
        guard let model = try? Model(problem) else {
            // `Solver` has validated the problem.
            return end(Plan(routes: []), iterations: 0, bound: nil)
        }
        let bound = bound(model)
        var reporter = Reporter(model: model, clockwork: clockwork, interval: Self.reportSeconds, bound: bound)
        let threads = max(1, options.threads)
        let isShared = threads > 1 && model.days == 1 && model.stopCount >= Self.sharedStopCount
        let (best, iterations) =
            isShared ? shared(model, threads, &reporter, onEvent) : separate(model, threads, &reporter, onEvent)
        return end(best?.plan(model) ?? Plan(routes: []), iterations: iterations, bound: bound)
    }

    private func bound(_ model: Model) -> Double? {
        guard var bound = LowerBound(model) else { return nil }
        let begin = clockwork.elapsedSeconds
        return bound.cost {
            cancellation.isCancelled || clockwork.spent(iterations: 0) > Self.boundPart
                || clockwork.elapsedSeconds - begin > Self.boundSeconds
        }
    }

    private func loop(_ model: Model, _ run: SearchRun) -> SearchLoop {
        // What moving a stop changes lies between an arc between neighbours and its share of the way to the depot. A plan
        // to begin with is to be kept, not melted down.
        let arc = run.worker.meanArc
        // With windows few orders are possible, and what is melted down comes back more slowly.
        let share = (model.features.isTimed ? 3 : 4) * run.worker.meanCost
        let hot = options.start == nil ? max(arc, share) : arc
        let annealing = Annealing(start: hot, end: arc / 10)
        let cancellation = cancellation
        return SearchLoop(model, clockwork, annealing) { cancellation.isCancelled }
    }

    /// One search a thread, each from a seed of its own; the best of them counts.
    private func separate(
        _ model: Model, _ threads: Int, _ reporter: inout Reporter, _ onEvent: (SolverEvent) -> Void
    ) -> (BestRecord?, Int) {
        guard threads > 1 else { return single(model, seed: options.seed) { reporter.report($0, $1, onEvent) } }
        // SAFETY: every index is written by one thread, and read after all are done.
        nonisolated(unsafe) let results = UnsafeMutablePointer<(BestRecord?, Int)>.allocate(capacity: threads)
        results.initialize(repeating: (nil, 0), count: threads)
        defer {
            results.deinitialize(count: threads)
            results.deallocate()
        }
        // SAFETY: only the first index, which one thread works on, reports.
        nonisolated(unsafe) var shared = reporter
        withoutActuallyEscaping(onEvent) { onEvent in
            nonisolated(unsafe) let onEvent = onEvent
            DispatchQueue.concurrentPerform(iterations: threads) { index in
                results[index] = single(model, seed: options.seed &+ 7_919 * UInt64(index)) {
                    if index == 0 { shared.report($0, $1, onEvent) }
                }
            }
        }
        reporter = shared
        let all = (0..<threads).map { results[$0] }
        let best = all.compactMap(\.0).min { ($0.unservedMandatory, $0.cost) < ($1.unservedMandatory, $1.cost) }
        return (best, all.reduce(0) { $0 + $1.1 })
    }

    private func single(
        _ model: Model, seed: UInt64, report: (borrowing BestRecord?, Int) -> Void
    ) -> (BestRecord?, Int) {
        var run = SearchRun(model, seed: seed)
        run.construct(from: options.start)
        var loop = loop(model, run)
        var seeds = SeedWindow(stops: Array(0..<model.stopCount))
        loop.run(&run.worker, &seeds, best: &run.best, until: 1) { best, _, iterations in report(best, iterations) }
        return (run.best, loop.iterations)
    }

    /// One solution, searched by all threads in regions of their own.
    private func shared(
        _ model: Model, _ threads: Int, _ reporter: inout Reporter, _ onEvent: (SolverEvent) -> Void
    ) -> (BestRecord?, Int) {
        var run = SearchRun(model, seed: options.seed)
        run.construct(from: options.start)
        let loops = (0..<threads).map { _ in loop(model, run) }
        var shared = SharedRun(run, loops: loops, seed: options.seed)
        let best = shared.improve(clockwork, shouldStop: { cancellation.isCancelled }) { best, _, iterations in
            reporter.report(best, iterations, onEvent)
        }
        return (best, shared.iterations)
    }

    private func end(_ plan: Plan, iterations: Int, bound: Double?) -> SolverOutcome {
        let verdict = Checker.check(plan, of: problem)
        let served = Set(plan.routes.flatMap(\.stops))
        let missing = problem.stops.indices.filter { !served.contains($0) }
        let progress = SolverProgress(
            iterations: iterations, elapsedSeconds: clockwork.elapsedSeconds, bestCost: verdict.cost.total,
            unservedMandatory: missing.filter { problem.stops[$0].prize == nil }.count, unserved: missing.count,
            bound: bound)
        return SolverOutcome(
            plan: plan, verdict: verdict, progress: progress, wasCancelled: cancellation.isCancelled)
    }
}

/// Tells of a run, not too often.
struct Reporter {
    let model: Model
    let clockwork: Clockwork
    let interval: Double
    let bound: Double?
    private var last = -Double.infinity
    private var lastCost = Double.infinity

    init(model: Model, clockwork: Clockwork, interval: Double, bound: Double?) {
        self.model = model
        self.clockwork = clockwork
        self.interval = interval
        self.bound = bound
    }

    mutating func report(_ best: borrowing BestRecord?, _ iterations: Int, _ onEvent: (SolverEvent) -> Void) {
        let now = clockwork.elapsedSeconds
        guard now - last >= interval, let best = copy best else { return }
        last = now
        let plan = best.plan(model)
        let served = Set(plan.routes.flatMap(\.stops))
        let unserved = model.stopCount - served.count
        let progress = SolverProgress(
            iterations: iterations, elapsedSeconds: now, bestCost: best.cost,
            unservedMandatory: best.unservedMandatory, unserved: unserved, bound: bound)
        if best.cost < lastCost {
            lastCost = best.cost
            onEvent(.better(plan, progress))
        } else {
            onEvent(.progress(progress))
        }
    }
}
