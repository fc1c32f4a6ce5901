/// How much of a run's time and iterations is spent.
struct Clockwork: Sendable {
    private let begin: ContinuousClock.Instant
    private let timeLimit: Double?
    let iterationLimit: Int?

    init(_ options: SolverOptions, begin: ContinuousClock.Instant) {
        self.begin = begin
        timeLimit = options.timeLimit.map { $0 / .seconds(1) }
        iterationLimit = options.iterationLimit
    }

    var elapsedSeconds: Double { begin.duration(to: .now) / .seconds(1) }

    /// The part that is over, 1 or more when the run must end. With an iteration limit only iterations count, so that a
    /// run can be repeated; the time limit then only ends it.
    func spent(iterations: Int) -> Double {
        let ofTime = timeLimit.map { elapsedSeconds / max($0, 1e-9) } ?? 0
        guard let iterationLimit else { return ofTime }
        return ofTime >= 1 ? 1 : Double(iterations) / Double(max(1, iterationLimit))
    }
}
