import NIOCore
import NIOPosix
import NIOSSL

/// An open connection that has passed `AUTH`, `SELECT` and `PING`.
final class RedisConnection: Sendable {
    private let channel: any Channel
    private let handler: NIOLoopBound<RedisChannelHandler>
    private let outbox: SharedOutbox

    private init(channel: any Channel, handler: RedisChannelHandler) {
        self.channel = channel
        self.handler = NIOLoopBound(handler, eventLoop: channel.eventLoop)
        outbox = handler.outbox
    }

    var isStalled: Bool { outbox.isStalled }

    /// Takes the commands, unless too many are on their way. Call `wake()` when told to.
    func post(_ batch: CommandBatch) -> Outbox.Posting {
        outbox.post(batch)
    }

    /// Has the event loop write what was posted.
    func wake() {
        channel.eventLoop.execute { [handler] in handler.value.drain() }
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

    // MARK: - Opening

    /// - Throws: `.refusedCredentials`, `.notConnected` with the cause, or `.invalidConfiguration`.
    static func open(
        _ configuration: RedisConfiguration, on group: any EventLoopGroup
    ) async throws(RedisError) -> RedisConnection {
        let deadline = NIODeadline.now() + TimeAmount(configuration.connectTimeout)
        let connection = try await connect(configuration, on: group)
        let waiter = CommandWaiter()
        let greeting = CommandBatch(commands: greeting(configuration), waiter: waiter, deadline: deadline)
        if case .accepted = connection.post(greeting) { connection.wake() } else { waiter.fail(unreachable(nil)) }
        do throws(RedisError) {
            for reply in try await waiter.replies() { _ = try reply.checked() }
        } catch {
            connection.close()
            throw refusal(error)
        }
        return connection
    }

    private static func connect(
        _ configuration: RedisConfiguration, on group: any EventLoopGroup
    ) async throws(RedisError) -> RedisConnection {
        let security: NIOSSLContext?
        do {
            security = try configuration.tls.map { try NIOSSLContext(configuration: $0) }
        } catch {
            throw RedisError(.invalidConfiguration, "The TLS settings for Redis cannot be used.", cause: error)
        }
        do {
            return try await ClientBootstrap(group: group)
                .connectTimeout(TimeAmount(configuration.connectTimeout))
                .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                .channelOption(.socketOption(.so_keepalive), value: 1)
                .connect(host: configuration.host, port: configuration.port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let handler = try RedisChannelHandler(configuration: configuration)
                        if let security {
                            // A certificate is checked against the name, or against the address where no name is given.
                            let name = (try? SocketAddress(ipAddress: configuration.host, port: 0)) == nil
                            try channel.pipeline.syncOperations.addHandler(
                                NIOSSLClientHandler(
                                    context: security, serverHostname: name ? configuration.host : nil))
                        }
                        try channel.pipeline.syncOperations.addHandler(handler)
                        return RedisConnection(channel: channel, handler: handler)
                    }
                }
        } catch {
            throw unreachable(error)
        }
    }

    /// `PING` comes last: it shows a server that wants a password we do not have, or that still loads its data.
    private static func greeting(_ configuration: RedisConfiguration) -> [RedisCommand] {
        var commands: [RedisCommand] = []
        if let password = configuration.password {
            let user = configuration.username.map { [RedisArgument.string($0)] } ?? []
            commands.append(RedisCommand("AUTH", arguments: user + [.string(password)]))
        }
        if configuration.database != 0 { commands.append(RedisCommand("SELECT", .integer(configuration.database))) }
        return commands + [RedisCommand("PING")]
    }

    private static func refusal(_ error: RedisError) -> RedisError {
        guard let server = error.server else { return unreachable(error) }
        let isAboutCredentials =
            ["WRONGPASS", "NOAUTH", "NOPERM"].contains(server.prefix) || server.message.contains("AUTH")
        guard isAboutCredentials else {
            return RedisError(.notConnected, "Redis refused the connection: \(server.message)", cause: server)
        }
        return RedisError(
            .refusedCredentials, "Redis refused user or password: \(server.message). Check the Redis URL.",
            server: server)
    }

    private static func unreachable(_ cause: (any Error)?) -> RedisError {
        RedisError(.notConnected, "Redis cannot be reached: check that it runs, and its host and port.", cause: cause)
    }
}
