import Synchronization

/// Between the event loop, where messages come in, and the tasks that read them.
final class SubscriptionInbox: Sendable {
    private typealias Waiter = CheckedContinuation<RedisSubscriptionEvent?, Never>

    private struct State {
        var buffer: SubscriptionBuffer
        /// Confirmations that the present connection still has to bring.
        var unconfirmed = 0
        var waiters: [(id: Int, waiter: Waiter)] = []
        var nextWaiter = 0
        var isFinished = false
    }

    private let state: Mutex<State>

    init(maximumEvents: Int, maximumBytes: Int) {
        state = Mutex(
            State(buffer: SubscriptionBuffer(maximumEvents: maximumEvents, maximumBytes: maximumBytes)))
    }

    // MARK: - The connection

    /// A new connection is about to subscribe to so many channels and patterns.
    func expect(confirmations: Int) {
        change { state in
            state.unconfirmed = confirmations
            if confirmations == 0 { state.buffer.subscribed() }
        }
    }

    /// False for what is the reply to a command. A confirmation is both: it is counted here, where its place among the
    /// messages is known, and goes on to who has sent the command.
    func take(_ value: RedisValue) -> Bool {
        switch SubscriptionPush(value) {
        case .message(let message)?:
            change { $0.buffer.append(message) }
            return true
        case .confirmation?:
            change { state in
                state.unconfirmed -= 1
                if state.unconfirmed == 0 { state.buffer.subscribed() }
            }
            return false
        case nil: return false
        }
    }

    func interrupt(_ error: RedisError) {
        change { $0.buffer.interrupted(error) }
    }

    /// Nothing follows.
    func finish() {
        change { $0.isFinished = true }
    }

    // MARK: - The reader

    /// The next event; nil when nothing follows, or the calling task was cancelled.
    func next() async -> RedisSubscriptionEvent? {
        let id = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                var isCancelled = false
                change { state in
                    // Asked under the lock that `onCancel` takes: either it finds the waiter or this finds its mark.
                    isCancelled = Task.isCancelled
                    if !isCancelled { state.waiters.append((id, waiter)) }
                }
                if isCancelled { waiter.resume(returning: nil) }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                state.waiters.firstIndex { $0.id == id }.map { state.waiters.remove(at: $0).waiter }
            }
            waiter?.resume(returning: nil)
        }
    }

    /// Changes the state, and then hands to those who wait what there is for them.
    private func change(_ body: (inout State) -> Void) {
        let served = state.withLock { state in
            body(&state)
            var served: [(waiter: Waiter, event: RedisSubscriptionEvent?)] = []
            while let first = state.waiters.first {
                let event = state.buffer.next()
                guard event != nil || state.isFinished else { break }
                served.append((first.waiter, event))
                state.waiters.removeFirst()
            }
            return served
        }
        for (waiter, event) in served { waiter.resume(returning: event) }
    }
}
