import Synchronization

/// How far the event log was read, for those who wait until it is read up to where they were.
final class ReadMark: Sendable {
    private struct State {
        var offset: Int64 = -1
        var lastWaiter = 0
        var waiters: [Int: (offset: Int64, continuation: CheckedContinuation<Void, Never>)] = [:]
    }

    private let state = Mutex(State())

    /// The log was read up to `offset`.
    func advance(to offset: Int64) {
        let due = state.withLock { state in
            state.offset = max(state.offset, offset)
            let due = state.waiters.filter { $0.value.offset <= offset }
            for id in due.keys { state.waiters[id] = nil }
            return due.values.map(\.continuation)
        }
        for continuation in due { continuation.resume() }
    }

    /// The log is read from its beginning again.
    func restart() {
        state.withLock { $0.offset = -1 }
    }

    /// Returns when the log was read up to `offset`, or after `limit`.
    func wait(for offset: Int64, atMost limit: Duration) async {
        guard state.withLock({ $0.offset < offset }) else { return }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.waitForAdvance(to: offset) }
            group.addTask {
                do { try await Task.sleep(for: limit) } catch { /* cancelled: the wait is over either way */  }
            }
            await group.next()
            group.cancelAll()
        }
    }

    private func waitForAdvance(to offset: Int64) async {
        let id = state.withLock { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let resumeNow = state.withLock { state in
                    if state.offset >= offset || Task.isCancelled { return true }
                    state.waiters[id] = (offset, continuation)
                    return false
                }
                if resumeNow { continuation.resume() }
            }
        } onCancel: {
            let waiter = state.withLock { $0.waiters.removeValue(forKey: id) }
            waiter?.continuation.resume()
        }
    }
}
