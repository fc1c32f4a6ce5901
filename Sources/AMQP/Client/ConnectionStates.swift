import Synchronization

/// The state of each connection, and the streams that follow them.
final class ConnectionStates: Sendable {
    private struct State {
        var current: [AMQPConnectionRole: AMQPConnectionState] = [:]
        var followers: [Int: AsyncStream<AMQPConnectionChange>.Continuation] = [:]
        var nextFollower = 0
        var isFinished = false
    }

    private let state = Mutex(State())

    func get(_ role: AMQPConnectionRole) -> AMQPConnectionState {
        state.withLock { $0.current[role] ?? .disconnected(reason: nil) }
    }

    func set(_ role: AMQPConnectionRole, _ new: AMQPConnectionState) {
        state.withLock { state in
            if state.isFinished { return }
            state.current[role] = new
            for follower in state.followers.values { follower.yield(AMQPConnectionChange(role: role, state: new)) }
        }
    }

    /// Begins with the present states. A slow follower loses the oldest changes.
    func follow() -> AsyncStream<AMQPConnectionChange> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: AMQPConnectionChange.self, bufferingPolicy: .bufferingNewest(64))
        let id = state.withLock { state in
            for role in AMQPConnectionRole.allCases {
                let now = state.current[role] ?? .disconnected(reason: nil)
                continuation.yield(AMQPConnectionChange(role: role, state: now))
            }
            if state.isFinished {
                continuation.finish()
                return -1
            }
            defer { state.nextFollower += 1 }
            state.followers[state.nextFollower] = continuation
            return state.nextFollower
        }
        continuation.onTermination = { [weak self] _ in
            _ = self?.state.withLock { $0.followers.removeValue(forKey: id) }
        }
        return stream
    }

    /// Ends every stream.
    func finish() {
        let followers = state.withLock { state in
            for role in AMQPConnectionRole.allCases { state.current[role] = .closed }
            state.isFinished = true
            defer { state.followers = [:] }
            return Array(state.followers.values)
        }
        for follower in followers { follower.finish() }
    }
}
