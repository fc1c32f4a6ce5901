import NIOCore
import Synchronization

/// Commands that go out together in one write.
struct CommandBatch: Sendable {
    let commands: [RedisCommand]
    let waiter: CommandWaiter
    let deadline: NIODeadline
}

/// One caller and the one result it gets: replies, an error, its deadline or its own cancellation, whichever is first.
/// Later results are dropped, so nothing that holds a waiter needs to know whether its caller is still there.
final class CommandWaiter: Sendable {
    typealias Outcome = Result<[RedisValue], RedisError>

    private enum State {
        case idle
        case waiting(CheckedContinuation<Outcome, Never>)
        case finished(Outcome)
    }

    private let state = Mutex(State.idle)

    /// Waits for the result; to be called once. Returns at once when the task is cancelled.
    func replies() async throws(RedisError) -> [RedisValue] {
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let early: Outcome? = state.withLock { state in
                    if case .finished(let outcome) = state { return outcome }
                    state = .waiting(continuation)
                    return nil
                }
                if let early { continuation.resume(returning: early) }
            }
        } onCancel: {
            finish(
                .failure(RedisError(.cancelled, "The task was cancelled while a Redis command was on its way.")))
        }
        return try outcome.get()
    }

    func finish(_ outcome: Outcome) {
        let continuation: CheckedContinuation<Outcome, Never>? = state.withLock { state in
            switch state {
            case .finished: return nil
            case .idle:
                state = .finished(outcome)
                return nil
            case .waiting(let continuation):
                state = .finished(outcome)
                return continuation
            }
        }
        continuation?.resume(returning: outcome)
    }

    func fail(_ error: RedisError) { finish(.failure(error)) }
}
