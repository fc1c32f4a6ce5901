import NIOPosix
import Synchronization

/// Hands on items in order to one reader, who waits at most so long.
final class Mailbox<Item: Sendable>: Sendable {
    struct NothingCame: Error, CustomStringConvertible {
        let seconds: Int64
        var description: String { "nothing came within \(seconds) s" }
    }

    private struct State {
        var items: [Item] = []
        var waiter: (number: Int, continuation: CheckedContinuation<Item, any Error>)?
        var nextWaiter = 0
    }

    private let state = Mutex(State())

    func put(_ item: Item) {
        let waiter = state.withLock { state -> CheckedContinuation<Item, any Error>? in
            guard let waiter = state.waiter else {
                state.items.append(item)
                return nil
            }
            state.waiter = nil
            return waiter.continuation
        }
        waiter?.resume(returning: item)
    }

    /// The next item, when one comes in time.
    func next(within seconds: Int64 = 15) async throws -> Item {
        try await withCheckedThrowingContinuation { continuation in
            let (item, number) = state.withLock { state -> (Item?, Int) in
                if !state.items.isEmpty { return (state.items.removeFirst(), 0) }
                state.nextWaiter += 1
                state.waiter = (state.nextWaiter, continuation)
                return (nil, state.nextWaiter)
            }
            if let item {
                continuation.resume(returning: item)
            } else {
                MultiThreadedEventLoopGroup.singleton.any().scheduleTask(in: .seconds(seconds)) {
                    self.giveUp(number, after: seconds)
                }
            }
        }
    }

    private func giveUp(_ number: Int, after seconds: Int64) {
        let waiter = state.withLock { state -> CheckedContinuation<Item, any Error>? in
            guard let waiter = state.waiter, waiter.number == number else { return nil }
            state.waiter = nil
            return waiter.continuation
        }
        waiter?.resume(throwing: NothingCame(seconds: seconds))
    }
}
