import Synchronization

/// Turns a consumer off, whether its subscription stands already or is still being made.
package final class ConsumerSwitch: Sendable {
    private struct State {
        var off = false
        var subscription: BrokerSubscription?
    }

    private let state = Mutex(State())

    package init() {}

    /// Whether no subscription is wanted any more.
    package var isOff: Bool { state.withLock { $0.off } }

    /// The subscription that `turnOff` cancels; cancelled at once when it comes too late.
    package func adopt(_ subscription: BrokerSubscription) {
        let late = state.withLock { state in
            state.subscription = subscription
            return state.off
        }
        if late { subscription.cancel() }
    }

    /// Cancels the subscription of now or of later.
    package func turnOff() {
        let subscription = state.withLock { state in
            state.off = true
            return state.subscription
        }
        subscription?.cancel()
    }
}
