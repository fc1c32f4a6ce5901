/// How a run stands.
package struct SolverProgress: Sendable {
    package var iterations: Int
    package var elapsedSeconds: Double
    /// Of the best plan so far, stops that must be served and are not left aside.
    package var bestCost: Double
    /// Stops that must be served, and that the best plan leaves out.
    package var unservedMandatory: Int
    /// Stops that it leaves out, those that may be included.
    package var unserved: Int
    /// What no plan that serves everything costs less than; nil where there is no bound (`LowerBound`).
    package var bound: Double?

    /// How much dearer than the bound the best plan is, in percent.
    package var gapToBound: Double? {
        guard let bound, bound > 0, unservedMandatory == 0 else { return nil }
        return (bestCost / bound - 1) * 100
    }
}

/// What a run tells while it goes on.
package enum SolverEvent: Sendable {
    case progress(SolverProgress)
    /// The best plan so far, when it has become better; ten times a second at most.
    case better(Plan, SolverProgress)
    /// The last event, and the only one that is never dropped.
    case finished(SolverOutcome)
}

/// The end of a run.
package struct SolverOutcome: Sendable {
    package var plan: Plan
    /// The checker's word on it: what it costs, and each rule that it breaks.
    package var verdict: Verdict
    package var progress: SolverProgress
    package var wasCancelled: Bool
}
