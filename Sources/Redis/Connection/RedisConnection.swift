import NIOCore

/// An open connection that has passed `AUTH`, `SELECT` and `PING`.
final class RedisConnection: Sendable {
    private let channel: any Channel
    private let handler: NIOLoopBound<RedisChannelHandler>
    private let outbox: SharedOutbox
    /// Where it leads.
    let server: RedisSentinels.Address

    init(channel: any Channel, handler: RedisChannelHandler, server: RedisSentinels.Address) {
        self.server = server
        self.channel = channel
        self.handler = NIOLoopBound(handler, eventLoop: channel.eventLoop)
        outbox = handler.outbox
    }

    var isStalled: Bool { outbox.isStalled }

    /// Whether the connection ends, or has ended, because its server is not the primary any more.
    var isLeaving: Bool { outbox.isLeaving }

    /// Takes the commands, unless too many are on their way. Call `wake()` when told to.
    func post(_ batch: CommandBatch) -> Outbox.Posting {
        outbox.post(batch)
    }

    /// Has the event loop write what was posted.
    func wake() {
        channel.eventLoop.execute { [handler] in handler.value.drain() }
    }

    /// Posts the commands and waits for all their replies.
    /// - Throws: `.overloaded` when too much is on its way already, and what ends a command without a reply.
    func exchange(_ commands: [RedisCommand], until deadline: NIODeadline) async throws(RedisError) -> [RedisValue] {
        let waiter = CommandWaiter()
        switch post(CommandBatch(commands: commands, waiter: waiter, deadline: deadline)) {
        case .accepted: wake()
        case .full: throw RedisError(.overloaded, "Too many commands of this connection have no reply yet.")
        // A handshake may have failed before there was anybody to tell.
        case .closed: throw await waitUntilClosed()
        }
        return try await waiter.replies()
    }

    /// Waits for the end and gives its reason. Ends the connection when the task is cancelled.
    func waitUntilClosed() async -> RedisError {
        let reason = channel.closeFuture.map { [handler] in handler.value.failure }
        let failure = await withTaskCancellationHandler {
            // The close future never fails.
            (try? await reason.get()) ?? nil
        } onCancel: {
            close()
        }
        return failure ?? RedisError(.connectionLost, "The connection to Redis was closed.")
    }

    func close() { channel.close(promise: nil) }

    /// Accepts nothing from now on, and ends with the last reply that the server owes.
    func leave() {
        outbox.leave()
        channel.eventLoop.execute { [handler] in handler.value.leave() }
    }
}
