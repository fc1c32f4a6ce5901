public import Logging
public import NIOCore
import Synchronization

/// A client of one Redis server: a few connections, over which the commands of all callers are pipelined.
///
/// `run()` keeps the connections open; without it every command fails when its time is over. No command is ever sent
/// twice by the client itself: `RedisError.mayHaveBeenExecuted` tells a caller whether sending it again is safe.
public final class RedisClient: Sendable {
    let configuration: RedisConfiguration
    let eventLoopGroup: any EventLoopGroup
    let logger: Logger
    let pool: Mutex<ConnectionPool>

    /// A client that is not connected yet. The caller shuts the group down, after `run()` has returned.
    public init(configuration: RedisConfiguration, eventLoopGroup: any EventLoopGroup, logger: Logger) {
        self.configuration = configuration
        self.eventLoopGroup = eventLoopGroup
        self.logger = logger
        pool = Mutex(ConnectionPool(maximumWaiting: configuration.maximumPipelined))
    }

    /// Connections that are open at the moment.
    public var openConnections: Int { pool.withLock { $0.connections.count } }

    /// Sends a command and waits for its reply.
    ///
    /// A cancelled caller returns at once, while the command keeps its place and is executed.
    /// - Throws: `.server` for an error reply; `.notConnected`, `.refusedCredentials`, `.overloaded` when it was not
    ///   sent; `.timeout`, `.connectionLost`, `.cancelled`, `.protocolError`, `.replyTooLarge` when it may have been.
    public func send(_ command: RedisCommand) async throws(RedisError) -> RedisValue {
        let replies = try await pipeline([command])
        guard let reply = replies.first else {
            throw RedisError(.protocolError, "Redis gave no reply to \(command).")
        }
        return try reply.checked()
    }

    /// Sends the commands over one connection in one flush; the replies are in their order. Not a transaction: other
    /// callers' commands may come between. An error reply stands in its place as `RedisValue.error` and is not thrown.
    /// - Throws: like `send`, but never `.server`.
    public func pipeline(_ commands: [RedisCommand]) async throws(RedisError) -> [RedisValue] {
        guard !commands.isEmpty else { return [] }
        guard commands.count <= configuration.maximumPipelined else {
            throw RedisError(
                .overloaded,
                "A pipeline of \(commands.count) commands is longer than maximumPipelined: send it in parts.")
        }
        guard !Task.isCancelled else {
            throw RedisError(.cancelled, "The task was cancelled before the Redis command was sent.")
        }
        let waiter = CommandWaiter()
        let deadline = NIODeadline.now() + TimeAmount(configuration.commandTimeout)
        let batch = CommandBatch(commands: commands, waiter: waiter, deadline: deadline)
        switch pool.withLock({ $0.place(batch) }) {
        case .sent: break
        case .posted(let connection): connection.wake()
        case .waiting(let deadline): deadline.map(watchWaiting)
        case .refused(let error): throw error
        }
        return try await waiter.replies()
    }

    /// Tells those who still wait for a connection at their deadline, and watches on while anybody waits.
    private func watchWaiting(until deadline: NIODeadline) {
        eventLoopGroup.any().scheduleTask(deadline: deadline) {
            let (overdue, error, next) = self.pool.withLock { $0.expire(at: .now()) }
            for batch in overdue { batch.waiter.fail(error) }
            next.map(self.watchWaiting)
        }
    }
}
