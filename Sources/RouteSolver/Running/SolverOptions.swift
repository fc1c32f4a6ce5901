/// How long and how to search.
package struct SolverOptions: Sendable {
    /// The longest time, counted from the call on, reading the problem included; nil: no limit.
    package var timeLimit: Duration?
    /// The most iterations; with one thread the same seed and number give the same plan.
    package var iterationLimit: Int?
    package var threads: Int
    package var seed: UInt64
    /// Where to begin; visits that break a rule are taken out of it first.
    package var start: Plan?

    package init(
        timeLimit: Duration? = .seconds(60), iterationLimit: Int? = nil, threads: Int = 1, seed: UInt64 = 1,
        start: Plan? = nil
    ) {
        self.timeLimit = timeLimit
        self.iterationLimit = iterationLimit
        self.threads = threads
        self.seed = seed
        self.start = start
    }
}
