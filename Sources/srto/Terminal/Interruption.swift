// A signal source may be cancelled from any thread; Dispatch does not say so in types.
@preconcurrency import Dispatch
import Foundation
import Synchronization

/// Ctrl-C as a value instead of the process's end.
enum Interruption {
    /// Runs `body` until it returns, or the person presses Ctrl-C: then it is cancelled. A second Ctrl-C ends the
    /// process at once.
    /// - Returns: nil when interrupted.
    static func guarding<Value: Sendable>(
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value? {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                for await _ in signals() { return nil }
                // The stream ends early only when this task was cancelled.
                throw CancellationError()
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }

    private static func signals() -> AsyncStream<Void> {
        AsyncStream(bufferingPolicy: .bufferingNewest(1)) { stream in
            signal(SIGINT, SIG_IGN)
            let count = Atomic(0)
            let source = DispatchSource.makeSignalSource(signal: SIGINT)
            source.setEventHandler {
                if count.add(1, ordering: .relaxed).newValue > 1 { exit(130) }
                stream.yield()
            }
            stream.onTermination = { _ in source.cancel() }
            source.resume()
        }
    }
}
