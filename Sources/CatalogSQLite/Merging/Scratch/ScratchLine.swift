import Foundation

/// Hands orders from the thread that gives them to the one that carries them out, a few ahead. Both may block: neither is one
/// of the cooperative pool.
// SAFETY: every access to the mutable state holds `condition`.
final class ScratchLine: @unchecked Sendable {
    /// Nobody takes any more, or nobody gives.
    struct Closed: Error {}

    private static let capacity = 4
    private let condition = NSCondition()
    private var orders: [ScratchOrder] = []
    private var isComplete = false
    private var isAbandoned = false
    private var outcome: Result<[ScratchFile.Tree], any Error>?

    /// Waits for room, then hands an order over.
    /// - Throws: why the taker has stopped.
    func give(_ order: ScratchOrder) throws {
        try condition.withLock {
            while orders.count >= Self.capacity, outcome == nil { condition.wait() }
            if let outcome {
                _ = try outcome.get()
                throw Closed()
            }
            orders.append(order)
            condition.broadcast()
        }
    }

    /// The next order; nil when there are no more.
    /// - Throws: `Closed` when what was given is not wanted any more.
    func take() throws -> ScratchOrder? {
        try condition.withLock {
            while orders.isEmpty, !isComplete, !isAbandoned { condition.wait() }
            if isAbandoned { throw Closed() }
            if orders.isEmpty { return nil }
            defer { condition.broadcast() }
            return orders.removeFirst()
        }
    }

    /// The taker has stopped.
    func stopped(_ outcome: Result<[ScratchFile.Tree], any Error>) {
        condition.withLock {
            self.outcome = outcome
            condition.broadcast()
        }
    }

    /// Waits until all that was given is carried out, and returns what was written.
    /// - Throws: why it is not.
    func complete() throws -> [ScratchFile.Tree] {
        try condition.withLock {
            isComplete = true
            condition.broadcast()
            while true {
                if let outcome { return try outcome.get() }
                condition.wait()
            }
        }
    }

    /// Has the taker stop, and waits for that.
    func abandon() {
        condition.withLock {
            isAbandoned = true
            condition.broadcast()
            while outcome == nil { condition.wait() }
        }
    }
}
