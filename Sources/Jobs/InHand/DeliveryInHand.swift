import Synchronization

/// A delivery between arrival and settlement, which either its runner settles or, when that takes too long, `LongJobs`.
final class DeliveryInHand: Sendable {
    private enum State {
        case mine
        /// Its message is being published again.
        case handingOn(waiter: CheckedContinuation<Bool, Never>?)
        /// The broker has it again and this delivery is acknowledged.
        case handedOn
        case settling
    }

    let delivery: Delivery
    let queue: WorkerQueue
    let plan: DeliveryPlan
    let arrived: Duration
    private let whenHandedOn: @Sendable () -> Void
    private let state = Mutex(State.mine)

    /// - Parameter whenHandedOn: called once, before anybody else sees it handed on.
    init(
        _ delivery: Delivery, of queue: WorkerQueue, arrived: Duration, whenHandedOn: @escaping @Sendable () -> Void
    ) {
        self.delivery = delivery
        self.queue = queue
        self.arrived = arrived
        self.whenHandedOn = whenHandedOn
        plan = DeliveryPlan(
            for: delivery.message, deliveryCount: delivery.deliveryCount, from: queue.queue,
            retry: queue.policy.retry)
    }

    /// Whether the runner has nothing left to settle.
    var isHandedOn: Bool { state.withLock { if case .handedOn = $0 { true } else { false } } }

    /// Whether handing it on may begin; `endHandingOn` must follow.
    func beginHandingOn() -> Bool {
        state.withLock { state in
            guard case .mine = state else { return false }
            state = .handingOn(waiter: nil)
            return true
        }
    }

    /// Handing it on is over; when it failed, the delivery is the runner's as before.
    func endHandingOn(succeeded: Bool) {
        if succeeded { whenHandedOn() }
        let waiter = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            guard case .handingOn(let waiter) = state else { return nil }
            state = succeeded ? .handedOn : (waiter == nil ? .mine : .settling)
            return waiter
        }
        waiter?.resume(returning: !succeeded)
    }

    /// Asked by the runner before it settles: false when the delivery was handed on and there is nothing to settle.
    func claim() async -> Bool {
        if let answer = tryClaim(orWaitAs: nil) { return answer }
        return await withCheckedContinuation { continuation in
            if let answer = tryClaim(orWaitAs: continuation) { continuation.resume(returning: answer) }
        }
    }

    /// Nil while it is being handed on: the waiter, if there is one, is then told.
    private func tryClaim(orWaitAs waiter: CheckedContinuation<Bool, Never>?) -> Bool? {
        state.withLock { state in
            switch state {
            case .mine, .settling:
                state = .settling
                return true
            case .handedOn: return false
            case .handingOn:
                if let waiter { state = .handingOn(waiter: waiter) }
                return nil
            }
        }
    }
}
