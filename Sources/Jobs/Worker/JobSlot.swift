/// One of the places for jobs that a consumer has: takes a delivery, runs it, takes the next.
///
/// Jobs run in a task of the slot's own, since a job that is cancelled is told so by its task's cancellation. A cancelled
/// task can ask nothing of broker and ledger any more: what it leaves is settled outside of it, and another one follows.
struct JobSlot: Sendable {
    /// What those who count the slots are told.
    enum Event: Sendable {
        /// The slot's job runs on, and is the broker's no longer: its place is free for another slot.
        case gaveItsPlace
        /// The slot takes nothing more: the job that ran on has ended, or the deliveries have, with what ended them.
        case left((any Error)?)
    }

    /// Jobs of one task. The next one has to queue behind all others that want to run, so that a queue of quick jobs
    /// does not keep the threads for itself.
    private static let jobsInTurn = 100

    let deliveries: Deliveries
    let runner: JobRunner
    let events: AsyncStream<Event>.Continuation

    private enum TurnEnd: Sendable {
        case turnIsOver
        case cancelled(CancelledRun)
        case placeIsGiven
        case noMoreDeliveries
        case failed(any Error)
    }

    func run() async { events.yield(.left(await untilItEnds())) }

    private func untilItEnds() async -> (any Error)? {
        while true {
            async let end = turn()
            switch await end {
            case .turnIsOver: continue
            case .cancelled(let run): if await runner.settle(run) { return nil }
            case .placeIsGiven, .noMoreDeliveries: return nil
            case .failed(let error): return error
            }
        }
    }

    private func turn() async -> TurnEnd {
        var iterator = deliveries.makeAsyncIterator()
        do {
            for _ in 0..<Self.jobsInTurn {
                guard let delivery = try await iterator.next() else { return .noMoreDeliveries }
                switch await runner.run(delivery, whenHandedOn: { events.yield(.gaveItsPlace) }) {
                case .settled: continue
                case .handedOn: return .placeIsGiven
                case .cancelled(let run): return .cancelled(run)
                }
            }
            return .turnIsOver
        } catch {
            return .failed(error)
        }
    }
}
