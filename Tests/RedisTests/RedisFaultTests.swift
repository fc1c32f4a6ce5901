import Redis
import TestSupport
import Testing

/// What goes wrong, and that the client gets over it.
@Suite(.timeLimit(.minutes(1))) struct RedisFaultTests {
    @Test func lateReplyTimesOutAndGoesToNobodyElse() async throws {
        try await PrivateRedis.with { server in
            let configuration = server.configuration { $0.commandTimeout = .seconds(1) }
            try await withClient(server.configuration()) { observer in
                try await withClient(configuration) { client in
                    try await untilConnected { try await client.ping() }
                    _ = try await observer.send(RedisCommand("CLIENT", "PAUSE", 60_000, "WRITE"))
                    let error = try await redisError { _ = try await client.send(RedisCommand("INCR", "late")) }
                    #expect(error.code == .timeout && error.mayHaveBeenExecuted)
                    _ = try await observer.send(RedisCommand("CLIENT", "UNPAUSE"))
                    let echo = try await client.send(RedisCommand("ECHO", "next")).string()
                    #expect(echo == "next")
                }
            }
        }
    }

    @Test func silentConnectionIsGivenUpAndReplaced() async throws {
        try await PrivateRedis.with { server in
            try await FaultyProxy.with(to: server.port) { proxy, port in
                var configuration = server.configuration { $0.commandTimeout = .milliseconds(300) }
                configuration.port = port
                try await withClient(configuration) { client in
                    try await untilConnected { try await client.ping() }
                    proxy.swallow()
                    let error = try await redisError { try await client.ping() }
                    #expect(error.code == .timeout)
                    try await untilConnected { try await client.ping() }
                    #expect(proxy.accepted >= 2)
                }
            }
        }
    }

    @Test func stalledConnectionIsAvoidedWhileAnotherWorks() async throws {
        try await PrivateRedis.with { server in
            try await FaultyProxy.with(to: server.port) { proxy, port in
                var configuration = server.configuration {
                    $0.commandTimeout = .seconds(1)
                    $0.poolSize = 2
                }
                configuration.port = port
                try await withClient(configuration) { client in
                    try await eventually("a second connection") { client.openConnections == 2 }
                    proxy.swallow(1)
                    let pings = [RedisCommand("PING")]
                    let first = await outcomes(2) { _ = try await client.pipeline(pings) }
                    #expect(first == [nil: 1, .timeout: 1], "connections take turns")
                    let second = await outcomes(6) { _ = try await client.pipeline(pings) }
                    #expect(second == [nil: 6], "the late one is passed over")
                }
            }
        }
    }

    @Test func cutConnectionFailsWhatWasOnItsWayAndIsReplaced() async throws {
        try await PrivateRedis.with { server in
            try await FaultyProxy.with(to: server.port) { proxy, port in
                var configuration = server.configuration()
                configuration.port = port
                try await withClient(configuration) { client in
                    try await client.ping()
                    async let blocked = redisError { _ = try await client.send(RedisCommand("BLPOP", "nothing", 30)) }
                    try await withClient(server.configuration()) { try await untilBlocked($0) }
                    proxy.cut()
                    let error = try await blocked
                    #expect(error.code == .connectionLost && error.mayHaveBeenExecuted)
                    try await client.ping()
                }
            }
        }
    }

    @Test func restartedServerIsFoundAgain() async throws {
        try await PrivateRedis.with { server in
            try await withClient(server.configuration { $0.poolSize = 3 }) { client in
                try await client.ping()
                for _ in 0..<3 {
                    await server.kill()
                    try await server.start()
                    try await untilConnected { try await client.ping() }
                }
            }
        }
    }

    @Test(arguments: ["wrong", nil]) func wrongCredentialsAreToldAtOnce(_ password: String?) async throws {
        try await PrivateRedis.with(["--requirepass", "right"]) { server in
            let configuration = server.configuration {
                $0.password = password
                $0.commandTimeout = .seconds(30)
            }
            try await withClient(configuration) { client in
                let error = try await redisError { try await client.ping() }
                #expect(error.code == .refusedCredentials && !error.mayHaveBeenExecuted)
                #expect(error.server?.prefix == (password == nil ? "NOAUTH" : "WRONGPASS"))
            }
        }
    }

    @Test func passwordThatTheServerDoesNotWantIsTold() async throws {
        try await PrivateRedis.with { server in
            try await withClient(server.configuration { $0.password = "needless" }) { client in
                let error = try await redisError { try await client.ping() }
                #expect(error.code == .refusedCredentials)
            }
        }
    }

    @Test func usersOfTheAccessListLogIn() async throws {
        try await PrivateRedis.with(["--user", "anna", "on", ">pw", "~*", "+@all"]) { server in
            let configuration = server.configuration {
                $0.username = "anna"
                $0.password = "pw"
            }
            try await withClient(configuration) { client in
                let user = try await client.send(RedisCommand("ACL", "WHOAMI")).string()
                #expect(user == "anna")
            }
        }
    }

    @Test func nothingListeningIsToldWithinTheCommandsTime() async throws {
        let port = try FreePort.any()
        let configuration = RedisConfiguration(host: "127.0.0.1", port: port, commandTimeout: .seconds(1))
        try await withClient(configuration) { client in
            var error: RedisError?
            let time = try await ContinuousClock().measure { error = try await redisError { try await client.ping() } }
            #expect(error?.code == .notConnected && error?.cause != nil)
            #expect(time >= .seconds(1) && time < .seconds(10))
        }
    }

    @Test func otherServerIsRefused() async throws {
        try await PrivateRedis.with(tls: true) { server in
            // In the clear to a TLS port.
            try await withClient(server.configuration { $0.commandTimeout = .seconds(1) }) { client in
                let error = try await redisError { try await client.ping() }
                #expect(error.code == .notConnected)
            }
        }
    }

    @Test func largeReplyEndsItsConnectionOnly() async throws {
        try await PrivateRedis.with { server in
            try await withClient(server.configuration { $0.maximumReplyBytes = 100_000 }) { client in
                try await client.set("fits", to: .bytes(Array(repeating: 1, count: 99_000)))
                try await client.set("large", to: .bytes(Array(repeating: 1, count: 1_000_000)))
                #expect(try await client.get("fits")?.count == 99_000)
                let error = try await redisError { _ = try await client.get("large") }
                #expect(error.code == .replyTooLarge)
                #expect(try await client.get("fits")?.count == 99_000)
            }
        }
    }

    @Test func commandsWithoutReplyAreBounded() async throws {
        try await PrivateRedis.with { server in
            let configuration = server.configuration { $0.maximumPipelined = 10 }
            try await withClient(configuration) { client in
                try await client.ping()
                let tooLong = try await redisError {
                    _ = try await client.pipeline(Array(repeating: RedisCommand("PING"), count: 11))
                }
                #expect(tooLong.code == .overloaded)
                try await withClient(server.configuration()) { observer in
                    _ = try await observer.send(RedisCommand("CLIENT", "PAUSE", 60_000, "WRITE"))
                    let (failures, failed) = AsyncStream<Void>.makeStream()
                    async let codes = outcomes(30) {
                        do { try await client.set("key", to: 1) } catch {
                            failed.yield()
                            throw error
                        }
                    }
                    for await _ in failures.prefix(20) {}
                    _ = try await observer.send(RedisCommand("CLIENT", "UNPAUSE"))
                    let result = await codes
                    #expect(result == [nil: 10, .overloaded: 20])
                }
            }
        }
    }

    @Test func answeredCallersFindRoomAgain() async throws {
        try await PrivateRedis.with { server in
            try await withClient(server.configuration { $0.maximumPipelined = 1 }) { client in
                for _ in 0..<1000 { try await client.ping() }
            }
        }
    }

    @Test func clientThatHasEndedRefusesAtOnce() async throws {
        let client = try await withClient(sharedConfiguration()) { client in
            try await client.ping()
            return client
        }
        let error = try await redisError { try await client.ping() }
        #expect(error.code == .notConnected && client.openConnections == 0)
    }
}

/// How many of `count` concurrent calls ended with which code; nil stands for success.
private func outcomes(_ count: Int, _ body: @escaping @Sendable () async throws -> Void) async -> [RedisError.Code?:
    Int]
{
    await withTaskGroup(of: RedisError.Code?.self) { group in
        for _ in 0..<count {
            group.addTask {
                do {
                    try await body()
                    return nil
                } catch {
                    return (error as? RedisError)?.code ?? .invalidConfiguration
                }
            }
        }
        return await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
    }
}

/// Waits until some client of the server is blocked.
private func untilBlocked(_ observer: RedisClient) async throws {
    let deadline = ContinuousClock.now + .seconds(10)
    while try await !observer.send(RedisCommand("INFO", "clients")).string().contains("blocked_clients:1") {
        try #require(ContinuousClock.now < deadline, "nobody is blocked")
    }
}
