import NIOCore
import Synchronization

/// Between the event loop and a consumer's tasks: deliveries one way, settlements the other.
///
/// It holds at most what the prefetch allows, because the broker sends no more before something is settled. Settlements
/// that belong to an earlier epoch, or come twice, are discarded here: sent, they would close the channel.
final class DeliveryMailbox: Sendable {
    enum Settlement: Sendable, Equatable { case ack, reject(requeue: Bool) }

    /// Resumed to look again.
    fileprivate typealias Waiter = CheckedContinuation<Void, Never>

    fileprivate struct State {
        var epoch = 0
        var isLive = false
        var ready = CircularBuffer<AMQPDelivery>()
        var unsettled: Set<UInt64> = []
        var settlements = Settlements()
        var isWakeScheduled = false
        var wake: (@Sendable () -> Void)?
        var waiters: [(id: Int, waiter: Waiter)] = []
        var nextWaiter = 0
        /// A waiter was resumed and has not looked yet.
        var isWaking = false
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
    ///
    /// Whoever takes one wakes a neighbour for the one behind it. So a task that is quick takes many in one go, and where
    /// tasks are slow all of them come to be at work.
    func next() async throws(AMQPError) -> AMQPDelivery? {
        var isWoken = false
        while true {
            let (result, neighbour) = state.withLock { state in
                if isWoken { state.isWaking = false }
                return (state.takeResult(), state.takeWaiter())
            }
            neighbour?.resume()
            if let result { return try result.get() }
            if Task.isCancelled { return nil }
            await waitUntilWoken()
            isWoken = true
        }
    }

    private func waitUntilWoken() async {
        let id = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { (waiter: Waiter) in
                let mustWait = state.withLock { state in
                    guard !Task.isCancelled, state.ready.isEmpty, state.end == nil else { return false }
                    state.waiters.append((id, waiter))
                    return true
                }
                if !mustWait { waiter.resume() }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                state.waiters.firstIndex { $0.id == id }.map { state.waiters.remove(at: $0).waiter }
            }
            waiter?.resume()
        }
    }

    func settle(_ tag: UInt64, epoch: Int, _ settlement: Settlement) -> Bool {
        let (isTaken, wake) = state.withLock { state -> (Bool, (@Sendable () -> Void)?) in
            guard state.isLive, state.epoch == epoch, state.unsettled.remove(tag) != nil else { return (false, nil) }
            switch settlement {
            case .ack: state.settlements.ack(tag)
            case .reject(let requeue): state.settlements.reject(tag, requeue: requeue)
            }
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
            state.settlements = Settlements()
        }
    }

    /// Hands over a chunk of deliveries of the present epoch.
    func push(_ deliveries: [AMQPDelivery]) throws(AMQPError) {
        let (waiter, isTooMuch) = state.withLock { state -> (Waiter?, Bool) in
            for delivery in deliveries { state.unsettled.insert(delivery.deliveryTag) }
            // Twice over: a broker's own count may run a little ahead of ours.
            if state.unsettled.count > 2 * prefetch + 64 { return (nil, true) }
            state.ready.append(contentsOf: deliveries)
            return (state.takeWaiter(), false)
        }
        counters.add(\.delivered, deliveries.count)
        if isTooMuch { throw .violation("far more deliveries than the prefetch of \(prefetch) allows") }
        waiter?.resume()
    }

    /// Whether the broker can wait for its acks: few have gathered, and there is more in hand to gather from.
    var mayGather: Bool { state.withLock { $0.settlements.count * 8 < prefetch && !$0.unsettled.isEmpty } }

    func takeSettlements() -> Settlements {
        state.withLock { state in
            defer { state.settlements = Settlements() }
            state.isWakeScheduled = false
            state.settlements.lowestUnsettled = state.unsettled.min()
            return state.settlements
        }
    }

    /// No delivery follows. Returns those that nobody has taken; they stay unsettled.
    func finish(_ error: AMQPError?) -> [AMQPDelivery] {
        let (untaken, waiters) = state.withLock { state in
            if state.end == nil { state.end = error.map { .failure($0) } ?? .success(nil) }
            defer {
                state.ready.removeAll()
                state.waiters.removeAll()
            }
            return (Array(state.ready), state.waiters)
        }
        for (_, waiter) in waiters { waiter.resume() }
        return untaken
    }
}

extension DeliveryMailbox.State {
    fileprivate mutating func takeResult() -> Result<AMQPDelivery?, AMQPError>? {
        if let delivery = ready.popFirst() { return .success(delivery) }
        return end
    }

    /// The one who waited least, for what is still ready; nil while another is on its way.
    fileprivate mutating func takeWaiter() -> DeliveryMailbox.Waiter? {
        guard !isWaking, !ready.isEmpty, let (_, waiter) = waiters.popLast() else { return nil }
        isWaking = true
        return waiter
    }
}
