import Redis
import Testing

@Suite(.timeLimit(.minutes(1))) struct RedisScriptTests {
    @Test func runsByHashAndSurvivesAFlushedCache() async throws {
        try await PrivateRedis.with { server in
            let script = RedisScript("return {KEYS[1], ARGV[1], redis.call('INCR', KEYS[1])}")
            try await withClient(server.configuration()) { client in
                func run() async throws -> [RedisValue] {
                    try await client.run(script, keys: ["counter"], arguments: ["a"]).array()
                }
                #expect(try await run() == [.bytes(Array("counter".utf8)), .bytes([97]), .integer(1)])
                #expect(script.sha1?.count == 40)
                #expect(try await run().last == .integer(2))
                _ = try await client.send(RedisCommand("SCRIPT", "FLUSH"))
                #expect(try await run().last == .integer(3))
                let known = try await client.send(RedisCommand("SCRIPT", "EXISTS", .string(script.sha1 ?? "")))
                #expect(known == .array([.integer(1)]), "the script is cached again")
            }
        }
    }

    @Test func scriptSurvivesARestartedServer() async throws {
        try await PrivateRedis.with { server in
            let script = RedisScript("return 7")
            try await withClient(server.configuration()) { client in
                #expect(try await client.run(script).integer() == 7)
                await server.kill()
                try await server.start()
                #expect(try await untilConnected { try await client.run(script).integer() } == 7)
            }
        }
    }

    @Test func errorsOfAScriptAreTheServers() async throws {
        try await withClient(sharedConfiguration()) { client in
            let broken = try await redisError { _ = try await client.run(RedisScript("this is no Lua")) }
            #expect(broken.code == .server)
            let raised = try await redisError {
                _ = try await client.run(RedisScript("return redis.error_reply('STALE token')"))
            }
            #expect(raised.server?.prefix == "STALE")
        }
    }
}
