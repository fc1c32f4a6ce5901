import NIOCore
import Synchronization

/// Between the event loop and a consumer's tasks: deliveries one way, settlements the other.
///
/// It holds at most what the prefetch allows, because the broker sends no more before something is settled. Settlements
/// that belong to an earlier epoch, or come twice, are discarded here: sent, they would close the channel.
final class DeliveryMailbox: Sendable {
    enum Settlement: Sendable, Equatable { case ack, reject(requeue: Bool) }

    fileprivate typealias Waiter = CheckedContinuation<Result<AMQPDelivery?, AMQPError>, Never>

    fileprivate struct State {
        var epoch = 0
        var isLive = false
        var ready = CircularBuffer<AMQPDelivery>()
        var unsettled: Set<UInt64> = []
        var settlements: [(tag: UInt64, settlement: Settlement)] = []
        var isWakeScheduled = false
        var wake: (@Sendable () -> Void)?
        var waiters: [(id: Int, waiter: Waiter)] = []
        var nextWaiter = 0
        /// Set when no delivery will follow: nil error means that the consumer was cancelled by us.
        var end: Result<AMQPDelivery?, AMQPError>?
    }

    private let state = Mutex(State())
    private let prefetch: Int
    private let counters: StatisticsCounters

    init(prefetch: UInt16, counters: StatisticsCounters) {
        self.prefetch = Int(prefetch)
        self.counters = counters
    }

    // MARK: The consumer's tasks

    /// The next delivery; nil when the consumer was cancelled, or the calling task was.
    func next() async throws(AMQPError) -> AMQPDelivery? {
        if let result = state.withLock({ $0.takeResult() }) { return try result.get() }
        let id = state.withLock { state in
            defer { state.nextWaiter += 1 }
            return state.nextWaiter
        }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { (waiter: Waiter) in
                let result = state.withLock { state -> Result<AMQPDelivery?, AMQPError>? in
                    if Task.isCancelled { return .success(nil) }
                    if let result = state.takeResult() { return result }
                    state.waiters.append((id, waiter))
                    return nil
                }
                if let result { waiter.resume(returning: result) }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                state.waiters.firstIndex { $0.id == id }.map { state.waiters.remove(at: $0).waiter }
            }
            waiter?.resume(returning: .success(nil))
        }
        return try result.get()
    }

    func settle(_ tag: UInt64, epoch: Int, _ settlement: Settlement) -> Bool {
        let (isTaken, wake) = state.withLock { state -> (Bool, (@Sendable () -> Void)?) in
            guard state.isLive, state.epoch == epoch, state.unsettled.remove(tag) != nil else { return (false, nil) }
            state.settlements.append((tag, settlement))
            if state.isWakeScheduled { return (true, nil) }
            state.isWakeScheduled = true
            return (true, state.wake)
        }
        if !isTaken { counters.add(\.discardedAcks) }
        wake?()
        return isTaken
    }

    // MARK: The event loop

    /// How the event loop is told that there is something to send.
    func setWake(_ wake: (@Sendable () -> Void)?) { state.withLock { $0.wake = wake } }

    var epoch: Int { state.withLock { $0.epoch } }
    var unsettledCount: Int { state.withLock { $0.unsettled.count } }

    /// The channel is open: deliveries of a new epoch may come.
    func begin() {
        state.withLock { state in
            state.epoch += 1
            state.isLive = true
        }
    }

    /// The channel is gone: what was not taken will come again, what was taken cannot be settled any more.
    func lose() {
        state.withLock { state in
            state.isLive = false
            state.ready.removeAll()
            state.unsettled.removeAll()
            state.settlements.removeAll()
        }
    }

    /// Hands over a chunk of deliveries of the present epoch.
    func push(_ deliveries: [AMQPDelivery]) throws(AMQPError) {
        let (resumable, isTooMuch) = state.withLock { state -> ([(Waiter, AMQPDelivery)], Bool) in
            for delivery in deliveries { state.unsettled.insert(delivery.deliveryTag) }
            // Twice over: a broker's own count may run a little ahead of ours.
            if state.unsettled.count > 2 * prefetch + 64 { return ([], true) }
            state.ready.append(contentsOf: deliveries)
            var resumable: [(Waiter, AMQPDelivery)] = []
            while !state.waiters.isEmpty, let delivery = state.ready.popFirst() {
                resumable.append((state.waiters.removeFirst().waiter, delivery))
            }
            return (resumable, false)
        }
        counters.add(\.delivered, deliveries.count)
        if isTooMuch { throw .violation("far more deliveries than the prefetch of \(prefetch) allows") }
        for (waiter, delivery) in resumable { waiter.resume(returning: .success(delivery)) }
    }

    func takeSettlements() -> [(tag: UInt64, settlement: Settlement)] {
        state.withLock { state in
            defer { state.settlements.removeAll(keepingCapacity: true) }
            state.isWakeScheduled = false
            return state.settlements
        }
    }

    /// No delivery follows. Returns those that nobody has taken; they stay unsettled.
    func finish(_ error: AMQPError?) -> [AMQPDelivery] {
        let (untaken, waiters, end) = state.withLock { state in
            let end = state.end ?? error.map { .failure($0) } ?? .success(nil)
            state.end = end
            defer {
                state.ready.removeAll()
                state.waiters.removeAll()
            }
            return (Array(state.ready), state.waiters, end)
        }
        for (_, waiter) in waiters { waiter.resume(returning: end) }
        return untaken
    }
}

extension DeliveryMailbox.State {
    fileprivate mutating func takeResult() -> Result<AMQPDelivery?, AMQPError>? {
        if let delivery = ready.popFirst() { return .success(delivery) }
        return end
    }
}
