import Foundation
import Synchronization

/// Plans routes: a search on threads of its own that tells what it finds.
package struct Solver: Sendable {
    package let problem: Problem

    /// - Throws: every fault of the problem at once.
    package init(_ problem: Problem) throws(ProblemError) {
        try problem.validate()
        self.problem = problem
    }

    /// Starts a search. It ends with `finished` at a limit or when it is cancelled with `cancellation`; when the task that
    /// reads the events is cancelled, or nobody reads them any more, it ends without a word.
    ///
    /// Events that are not read in time are dropped, older ones first.
    package func events(
        _ options: SolverOptions, _ cancellation: Cancellation = Cancellation()
    ) -> AsyncStream<SolverEvent> {
        let begin = ContinuousClock.now
        let (stream, continuation) = AsyncStream.makeStream(
            of: SolverEvent.self, bufferingPolicy: .bufferingNewest(16))
        continuation.onTermination = { _ in cancellation.cancel() }
        let thread = Thread {
            continuation.yield(.finished(solve(options, begin: begin, cancellation) { continuation.yield($0) }))
            continuation.finish()
        }
        thread.stackSize = 8 << 20
        thread.name = "route solver"
        thread.start()
        return stream
    }

    /// Searches on the caller's thread, which it blocks.
    ///
    /// - Parameter onEvent: told what happens on the way; the outcome is only returned.
    package func solve(
        _ options: SolverOptions, begin: ContinuousClock.Instant = .now, _ cancellation: Cancellation = Cancellation(),
        onEvent: (SolverEvent) -> Void = { _ in }
    ) -> SolverOutcome {
        let run = SolverRun(problem, options, begin: begin, cancellation)
        return run.outcome(onEvent)
    }
}

/// Ends a run from outside.
package final class Cancellation: Sendable {
    private let flag = Atomic(false)

    package init() {}

    package func cancel() { flag.store(true, ordering: .relaxed) }

    package var isCancelled: Bool { flag.load(ordering: .relaxed) }
}
