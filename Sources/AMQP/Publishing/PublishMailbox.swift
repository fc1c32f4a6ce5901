import NIOCore
import Synchronization

/// Where callers from any task leave their batches for the event loop, and where the bound is kept.
final class PublishMailbox: Sendable {
    typealias Outcome = @Sendable ([Int: AMQPError]) -> Void

    struct Entry: Sendable {
        let id: Int
        let batch: PublishQueue.Batch
        let outcome: Outcome
    }

    fileprivate struct State {
        var entries: [Entry] = []
        var isScheduled = false
        var isClosed = false
        var waitingMessages = 0
        var waitingBytes = 0
        var nextID = 0
        var idle: [CheckedContinuation<Void, Never>] = []
    }

    private let maximumMessages: Int
    private let maximumBytes: Int
    private let state = Mutex(State())

    init(maximumMessages: Int, maximumBytes: Int) {
        self.maximumMessages = maximumMessages
        self.maximumBytes = maximumBytes
    }

    func nextID() -> Int {
        state.withLock { state in
            defer { state.nextID += 1 }
            return state.nextID
        }
    }

    /// Takes the batch, or says why not. `mustWake` tells the caller to have the event loop empty the mailbox.
    func submit(_ entry: Entry, bytes: Int) -> (refusal: AMQPError?, mustWake: Bool) {
        state.withLock { state in
            if state.isClosed { return (.clientClosed, false) }
            let messages = entry.batch.messages.count
            guard state.waitingMessages + messages <= maximumMessages, state.waitingBytes + bytes <= maximumBytes else {
                return (
                    AMQPError(
                        .overloaded,
                        "\(state.waitingMessages) messages (\(state.waitingBytes) bytes) wait for their confirm; "
                            + "\(messages) more (\(bytes) bytes) would go beyond \(maximumMessages) messages or "
                            + "\(maximumBytes) bytes."), false
                )
            }
            state.waitingMessages += messages
            state.waitingBytes += bytes
            state.entries.append(entry)
            defer { state.isScheduled = true }
            return (nil, !state.isScheduled)
        }
    }

    func takeAll() -> [Entry] {
        state.withLock { state in
            defer { state.entries = [] }
            state.isScheduled = false
            return state.entries
        }
    }

    /// A batch is settled: its room is free again.
    func release(messages: Int, bytes: Int) {
        let idle = state.withLock { state in
            state.waitingMessages -= messages
            state.waitingBytes -= bytes
            return state.takeIdle()
        }
        for waiter in idle { waiter.resume() }
    }

    /// Takes nothing more.
    func close() { state.withLock { $0.isClosed = true } }

    /// Returns when nothing waits any more; each batch has a deadline, so that comes.
    func waitUntilIdle() async {
        await withCheckedContinuation { continuation in
            let idle = state.withLock { state in
                state.idle.append(continuation)
                return state.takeIdle()
            }
            for waiter in idle { waiter.resume() }
        }
    }
}

extension PublishMailbox.State {
    fileprivate mutating func takeIdle() -> [CheckedContinuation<Void, Never>] {
        guard waitingMessages == 0 else { return [] }
        defer { idle = [] }
        return idle
    }
}
