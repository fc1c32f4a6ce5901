import NIOCore
import NIOPosix
import NIOSSL

extension RedisConnection {
    /// Connects to the configuration's host and port, logs in and waits for the first `PING`'s reply. Where sentinels have
    /// named the server, it has to be a primary.
    /// - Throws: `.refusedCredentials`, `.refusedTLS`, `.notConnected` with the cause, or `.invalidConfiguration`.
    static func open(
        _ configuration: RedisConfiguration, on group: any EventLoopGroup, inbox: SubscriptionInbox? = nil
    ) async throws(RedisError) -> RedisConnection {
        let deadline = NIODeadline.now() + TimeAmount(configuration.connectTimeout)
        let connection = try await connect(configuration, on: group, inbox: inbox)
        do throws(RedisError) {
            let replies = try await connection.exchange(greeting(configuration), until: deadline)
            for reply in replies { _ = try reply.checked() }
            if configuration.sentinels != nil, let role = replies.last { try ServerRole.demandPrimary(role) }
        } catch {
            connection.close()
            throw refusal(error, by: configuration)
        }
        return connection
    }

    private static func connect(
        _ configuration: RedisConfiguration, on group: any EventLoopGroup, inbox: SubscriptionInbox?
    ) async throws(RedisError) -> RedisConnection {
        let security = try securityContext(configuration)
        do {
            return try await ClientBootstrap(group: group)
                .connectTimeout(TimeAmount(configuration.connectTimeout))
                .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                .channelOption(.socketOption(.so_keepalive), value: 1)
                .connect(host: configuration.host, port: configuration.port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let handler = try RedisChannelHandler(configuration: configuration, inbox: inbox)
                        if let security {
                            // A certificate is checked against the name, or against the address where no name is given.
                            let name = (try? SocketAddress(ipAddress: configuration.host, port: 0)) == nil
                            try channel.pipeline.syncOperations.addHandler(
                                NIOSSLClientHandler(
                                    context: security, serverHostname: name ? configuration.host : nil))
                        }
                        try channel.pipeline.syncOperations.addHandler(handler)
                        let server = RedisSentinels.Address(host: configuration.host, port: configuration.port)
                        return RedisConnection(channel: channel, handler: handler, server: server)
                    }
                }
        } catch {
            throw unreachable(error, by: configuration)
        }
    }

    /// Made for each connection, so that a file of authorities that was replaced meanwhile is read again.
    private static func securityContext(_ configuration: RedisConfiguration) throws(RedisError) -> NIOSSLContext? {
        do {
            return try configuration.tls.map { try NIOSSLContext(configuration: $0.refusingOldVersions) }
        } catch {
            throw RedisError(
                .invalidConfiguration,
                "The TLS settings for Redis cannot be used: check that every file that they name is there and holds "
                    + "certificates in PEM (\(error)).")
        }
    }

    /// `PING` shows a server that wants a password we do not have, or that still loads its data.
    private static func greeting(_ configuration: RedisConfiguration) -> [RedisCommand] {
        var commands: [RedisCommand] = []
        if let password = configuration.password {
            let user = configuration.username.map { [RedisArgument.string($0)] } ?? []
            commands.append(RedisCommand("AUTH", arguments: user + [.string(password)]))
        }
        if configuration.database != 0 { commands.append(RedisCommand("SELECT", .integer(configuration.database))) }
        commands.append(RedisCommand("PING"))
        if configuration.sentinels != nil { commands.append(RedisCommand("ROLE")) }
        return commands
    }

    static func refusal(_ error: RedisError, by configuration: RedisConfiguration) -> RedisError {
        guard let server = error.server else {
            if let fault = error.cause.flatMap(TLSFault.init) {
                return RedisError(.refusedTLS, fault.advice(host: configuration.host), cause: error.cause)
            }
            return unreachable(error, by: configuration)
        }
        let isAboutCredentials =
            ["WRONGPASS", "NOAUTH", "NOPERM"].contains(server.prefix) || server.message.contains("AUTH")
        guard isAboutCredentials else {
            return RedisError(.notConnected, "Redis refused the connection: \(server.message)", cause: server)
        }
        return RedisError(
            .refusedCredentials, "Redis refused user or password: \(server.message). Check the Redis URL.",
            server: server)
    }

    private static func unreachable(_ cause: any Error, by configuration: RedisConfiguration) -> RedisError {
        let port =
            configuration.tls == nil ? "and its host and port" : "its host and port, and that it speaks TLS there"
        return RedisError(.notConnected, "Redis cannot be reached: check that it runs, \(port).", cause: cause)
    }
}
