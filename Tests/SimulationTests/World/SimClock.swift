import Foundation

/// Time that passes only when nothing else is left to do.
// SAFETY: only the simulation's thread touches it.
final class SimClock: Clock, @unchecked Sendable {
    typealias Instant = ContinuousClock.Instant

    private struct Timer {
        let id: Int
        let due: Duration
        let ring: () -> Void
    }

    private static let start = ContinuousClock.now
    private var timers: [Timer] = []
    private var lastID = 0
    private(set) var elapsed = Duration.zero

    var now: Instant { Self.start + elapsed }
    var minimumResolution: Duration { .nanoseconds(1) }
    var hasTimers: Bool { !timers.isEmpty }

    /// Lets time pass until the next timer, and rings it.
    func advance() {
        guard let next = timers.indices.min(by: { (timers[$0].due, timers[$0].id) < (timers[$1].due, timers[$1].id) })
        else { return }
        let timer = timers.remove(at: next)
        elapsed = max(elapsed, timer.due)
        timer.ring()
    }

    /// Calls `ring` after `delay`.
    @discardableResult
    func after(_ delay: Duration, _ ring: @escaping () -> Void) -> Int {
        lastID += 1
        timers.append(Timer(id: lastID, due: elapsed + max(.zero, delay), ring: ring))
        return lastID
    }

    func cancel(_ id: Int) { timers.removeAll { $0.id == id } }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        try await sleep(for: deadline - now)
    }

    func sleep(for duration: Duration) async throws {
        let pause = SimPause()
        await pause.wait(on: self, atMost: duration)
        try Task.checkCancellation()
    }
}

/// One wait that a timer, a cancellation or somebody else ends, whoever comes first.
// SAFETY: only the simulation's thread touches it.
final class SimPause: @unchecked Sendable {
    private var continuation: CheckedContinuation<Void, Never>?
    private var isOver = false
    private var end: () -> Void = {}

    func wait(on clock: SimClock, atMost limit: Duration) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                guard !isOver, !Task.isCancelled else { return continuation.resume() }
                self.continuation = continuation
                let timer = clock.after(limit) { [weak self] in self?.finish() }
                end = { clock.cancel(timer) }
            }
        } onCancel: {
            finish()
        }
    }

    func finish() {
        isOver = true
        end()
        continuation?.resume()
        continuation = nil
    }
}
