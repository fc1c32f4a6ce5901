import Redis
import TestSupport
import Testing

/// A primary that sentinels name, with real servers that fail over.
@Suite(.timeLimit(.minutes(3)), .serialized) struct RedisSentinelTests {
    /// Seen red with the first address kept for ever.
    @Test(arguments: [1, 3]) func killedPrimaryIsFollowedByItsReplica(_ sentinels: Int) async throws {
        try await WatchedServers.with(sentinels: sentinels) { servers in
            // The first in the list is dead for ever.
            try await withClient(servers.configuration(askingFirst: FreePort.any())) { client in
                try await untilPrimary { try await client.set("before", to: "1") }
                #expect(try await port(client) == servers.primary.port)
                // WAIT speaks of its own connection's writes alone: both go the same way.
                let replicated = try await client.pipeline([
                    RedisCommand("SET", "before", "1"), RedisCommand("WAIT", 1, 4000),
                ])
                #expect(try replicated.last?.integer() == 1)
                await servers.primary.kill()
                try await untilPrimary { try await client.set("after", to: "2") }
                #expect(try await port(client) == servers.replica.port)
                #expect(try await client.get("before") == Array("1".utf8))
                #expect(try await client.get("after") == Array("2".utf8))
            }
        }
    }

    /// Seen red with the first address kept for ever.
    @Test func primaryThatIsOneNoLongerIsLeft() async throws {
        try await WatchedServers.with(sentinels: 1) { servers in
            let configuration = try servers.configuration()
            try await withSubscriber(configuration, ["news"]) { events in
                try await events.demandSubscribed()
                try await withClient(configuration) { client in
                    try await untilPrimary { try await client.set("before", to: "1") }
                    try await servers.withSentinelClient(servers.sentinels[0]) { sentinel in
                        try await eventually("the failover's begin") {
                            let reply = try await sentinel.pipeline([RedisCommand("SENTINEL", "FAILOVER", "main")])
                            return reply == [.status("OK")]
                        }
                    }
                    try await eventually("the change of primary", within: .seconds(60)) {
                        try await untilPrimary { try await client.set("after", to: "2") }
                        return try await untilPrimary { try await port(client) } == servers.replica.port
                    }
                    try await events.demandInterrupted(.connectionLost)
                    try await events.demandSubscribed()
                    #expect(try await client.publish("moved", to: "news") == 1)
                    #expect(try await events.message().bytes == Array("moved".utf8))
                }
            }
        }
    }

    /// Seen red with the error taken for any other, with a connection that is closed at once, and with its neighbours kept.
    @Test func readOnlyErrorMakesItLookForTheNewPrimary() async throws {
        try await withTwoServers { old, new in
            try await StubSentinel.with(naming: old.port) { sentinel, port in
                var configuration = configuration(port)
                configuration.poolSize = 4
                try await withClient(configuration) { client in
                    try await eventually("four connections") { client.openConnections == 4 }
                    try await client.set("key", to: "1")
                    sentinel.name(new.port)
                    try await withClient(old.configuration()) { operation in
                        _ = try await operation.send(RedisCommand("REPLICAOF", "127.0.0.1", .integer(new.port)))
                    }
                    // What is on its way with the error still gets its own reply.
                    let replies = try await client.pipeline([
                        RedisCommand("SET", "key", "2"), RedisCommand("ECHO", "still here"),
                    ])
                    #expect(#expect(throws: RedisError.self) { try replies[0].checked() }?.server?.prefix == "READONLY")
                    #expect(replies[1] == .bytes(Array("still here".utf8)))
                    try await eventually("the new primary") {
                        try await untilPrimary { try await self.port(client) } == new.port
                    }
                    // Nor is anything read from the old one by the other connections.
                    for _ in 0..<8 { #expect(try await self.port(client) == new.port) }
                    try await client.set("key", to: "3")
                }
            }
        }
    }

    /// Seen red without `ROLE`.
    @Test func replicaThatASentinelNamesGetsNoCommand() async throws {
        try await withTwoServers { primary, replica in
            try await withClient(replica.configuration()) { operation in
                try await untilConnected {
                    _ = try await operation.send(RedisCommand("REPLICAOF", "127.0.0.1", .integer(primary.port)))
                }
                try await StubSentinel.with(naming: replica.port) { sentinel, port in
                    try await withClient(configuration(port, commandTimeout: .seconds(1))) { client in
                        let error = try await redisError { _ = try await client.get("key") }
                        #expect(error.code == .noPrimary && !error.mayHaveBeenExecuted, "\(error)")
                        #expect(error.message.contains("127.0.0.1:\(replica.port)") && error.message.contains("slave"))
                        let seen = try await operation.send(RedisCommand("INFO", "commandstats")).string()
                        #expect(seen.contains("cmdstat_role") && !seen.contains("cmdstat_get"))
                        sentinel.name(primary.port)
                        try await untilPrimary { _ = try await client.get("key") }
                    }
                }
            }
        }
    }

    /// Seen red with ten minutes for each sentinel.
    @Test func silentSentinelIsPassedOver() async throws {
        try await PrivateRedis.with { server in
            try await StubSentinel.with(naming: nil) { _, silent in
                try await StubSentinel.with(naming: server.port) { _, port in
                    try await withClient(configuration(silent, port)) { client in
                        try await untilPrimary { try await client.ping() }
                    }
                }
            }
        }
    }

    @Test func primaryMaySpeakTLS() async throws {
        try await PrivateRedis.with(tls: true) { server in
            try await StubSentinel.with(naming: server.port) { _, port in
                let url = "rediss+sentinel://127.0.0.1:\(port)/main?cacertfile=\(server.certificatePath)"
                try await withClient(RedisConfiguration(url: url)) { client in
                    try await untilPrimary { try await client.ping() }
                }
            }
        }
    }

    @Test func nobodyWhoAnswersIsToldWithWhatWasTried() async throws {
        let (one, other) = (try FreePort.any(), try FreePort.any())
        try await withClient(configuration(one, other, commandTimeout: .seconds(1))) { client in
            let error = try await redisError { try await client.ping() }
            #expect(error.code == .noPrimary && !error.mayHaveBeenExecuted)
            for port in [one, other] { #expect(error.message.contains("127.0.0.1:\(port)"), "\(error)") }
            #expect(error.message.contains("refused"), "\(error)")
        }
    }

    @Test func unknownNameAndWrongSentinelPasswordAreTold() async throws {
        try await PrivateRedis.withSentinel("requirepass watch") { sentinel in
            for (password, word) in [("watch", "no primary called main"), ("wrong", "WRONGPASS")] {
                var configuration = configuration(sentinel.port, commandTimeout: .seconds(2))
                configuration.sentinels?.password = password
                try await withClient(configuration) { client in
                    try await eventually("the reason \(word)") {
                        let error = try await redisError { try await client.ping() }
                        #expect(error.code == .noPrimary, "\(error)")
                        return error.message.contains(word)
                    }
                }
            }
        }
    }

    // MARK: -

    private func withTwoServers(_ body: (PrivateRedis, PrivateRedis) async throws -> Void) async throws {
        try await PrivateRedis.with { one in
            try await PrivateRedis.with { other in
                try await withClient(other.configuration()) { client in
                    try await untilConnected { try await client.ping() }
                }
                try await body(one, other)
            }
        }
    }

    private func configuration(_ ports: Int..., commandTimeout: Duration = .seconds(5)) -> RedisConfiguration {
        var configuration = RedisConfiguration(
            sentinels: RedisSentinels(
                addresses: ports.map { .init(host: "127.0.0.1", port: $0) }, primaryName: "main"))
        configuration.commandTimeout = commandTimeout
        configuration.backoffMaximum = .milliseconds(200)
        return configuration
    }

    /// The port of the server that a client speaks to.
    private func port(_ client: RedisClient) async throws -> Int {
        let reply = try await client.send(RedisCommand("CONFIG", "GET", "port")).array()
        return try #require(try reply.last?.integer())
    }

    /// Sends until a primary has taken it.
    private func untilPrimary<Result>(_ body: () async throws -> Result) async throws -> Result {
        let deadline = ContinuousClock.now + .seconds(60)
        while true {
            do {
                return try await untilConnected(body)
            } catch let error as RedisError
                where ContinuousClock.now < deadline
                && (error.code == .noPrimary || error.server?.prefix == "READONLY")
            {
                continue
            }
        }
    }
}
