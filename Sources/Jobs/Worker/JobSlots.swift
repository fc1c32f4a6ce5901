/// The places for jobs that a consumer has, as many as its queue's concurrency.
///
/// A job whose message was handed on runs on beside them: the broker sends another message for it, which must not wait
/// unacknowledged until the long job ends.
struct JobSlots: Sendable {
    let count: Int
    let deliveries: Deliveries
    let runner: JobRunner

    /// Returns when the deliveries have ended and the last job in hand is settled.
    /// - Throws: what ended the deliveries.
    func run() async throws {
        let (events, continuation) = AsyncStream.makeStream(of: JobSlot.Event.self)
        let slot = JobSlot(deliveries: deliveries, runner: runner, events: continuation)
        // A group that throws would cancel the jobs in hand; a consumer that was ended is no reason to.
        let failure: (any Error)? = await withDiscardingTaskGroup { group in
            var failure: (any Error)?
            for _ in 0..<count { group.addTask { await slot.run() } }
            var atWork = count
            for await event in events {
                switch event {
                case .gaveItsPlace:
                    group.addTask { await slot.run() }
                    atWork += 1
                case .left(let error):
                    failure = failure ?? error
                    atWork -= 1
                }
                if atWork == 0 { break }
            }
            return failure
        }
        if let failure { throw failure }
    }
}
