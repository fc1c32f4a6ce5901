import Synchronization

/// Turns a consumer on and off, whether its subscription stands already or is still being made.
package final class ConsumerSwitch: Sendable {
    private enum Position {
        case on, paused
        /// For good.
        case off
    }

    private struct State {
        var position: Position
        var subscription: BrokerSubscription?
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state: Mutex<State>

    /// - Parameter isPaused: whether it is `resume` that turns it on first.
    package init(isPaused: Bool = false) { state = Mutex(State(position: isPaused ? .paused : .on)) }

    /// Whether no subscription is wanted any more.
    package var isOff: Bool { state.withLock { $0.position == .off } }

    /// Returns when a subscription is wanted, or never will be again.
    func waitWhilePaused() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let goesOn = state.withLock { state in
                    guard state.position == .paused, !Task.isCancelled else { return true }
                    state.waiter = continuation
                    return false
                }
                if goesOn { continuation.resume() }
            }
        } onCancel: {
            takeWaiter()?.resume()
        }
    }

    /// The subscription that `pause` and `turnOff` cancel; cancelled at once when it comes too late.
    package func adopt(_ subscription: BrokerSubscription) {
        let late = state.withLock { state in
            state.subscription = subscription
            return state.position != .on
        }
        if late { subscription.cancel() }
    }

    /// Cancels the subscription of now or of later, until `resume`.
    func pause() {
        let subscription = state.withLock { state -> BrokerSubscription? in
            guard state.position == .on else { return nil }
            state.position = .paused
            return state.subscription
        }
        subscription?.cancel()
    }

    /// Lets a paused consumer subscribe again.
    func resume() {
        wake { state in
            if state.position == .paused { state.position = .on }
        }
    }

    /// Cancels the subscription of now or of later.
    package func turnOff() {
        wake { $0.position = .off }
        state.withLock { $0.subscription }?.cancel()
    }

    private func wake(_ change: (inout State) -> Void) {
        let isPaused = state.withLock { state in
            change(&state)
            return state.position == .paused
        }
        if !isPaused { takeWaiter()?.resume() }
    }

    private func takeWaiter() -> CheckedContinuation<Void, Never>? {
        state.withLock { state in
            defer { state.waiter = nil }
            return state.waiter
        }
    }
}
