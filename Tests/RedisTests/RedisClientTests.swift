import Redis
import Testing

/// Against the suite's Redis: what must work when nothing goes wrong.
@Suite(.timeLimit(.minutes(1))) struct RedisClientTests {
    @Test func keepsBytesAsTheyAre() async throws {
        try await withClient(sharedConfiguration()) { client in
            let key = uniqueKey()
            let value = (0..<100_000).map { UInt8(truncatingIfNeeded: $0) }
            #expect(try await client.get(key) == nil)
            try await client.set(key, to: .bytes(value), expiry: .seconds(60))
            #expect(try await client.get(key) == value)
            #expect(try await client.send(RedisCommand("PTTL", .string(key))).integer() > 0)
        }
    }

    @Test func pipelinesTenThousandInOrder() async throws {
        try await withClient(sharedConfiguration()) { client in
            let replies = try await client.pipeline((0..<10_000).map { RedisCommand("ECHO", .integer($0)) })
            #expect(try replies.map { reply in try reply.integer() } == Array(0..<10_000))
        }
    }

    @Test func fiveHundredCallersEachGetTheirOwnReplies() async throws {
        try await withClient(sharedConfiguration()) { client in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for caller in 0..<500 {
                    group.addTask {
                        for turn in 0..<20 {
                            let token = caller * 100 + turn
                            let echo = try await client.send(RedisCommand("ECHO", .integer(token))).integer()
                            #expect(echo == token)
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test func cancelledCallersDisturbNobody() async throws {
        var configuration = try sharedConfiguration()
        configuration.poolSize = 1
        try await withClient(configuration) { client in
            try await client.ping()
            await withTaskGroup(of: Void.self) { group in
                for caller in 0..<400 {
                    group.addTask {
                        let task = Task { try await client.send(RedisCommand("ECHO", .integer(caller))).integer() }
                        if caller.isMultiple(of: 2) { task.cancel() }
                        switch await task.result {
                        case .success(let echo): #expect(echo == caller)
                        case .failure(let error): #expect((error as? RedisError)?.code == .cancelled)
                        }
                    }
                }
            }
            #expect(try await client.send(RedisCommand("ECHO", "after")).string() == "after")
        }
    }

    @Test func errorRepliesAreThrownBySendAndKeptInPlaceByPipeline() async throws {
        try await withClient(sharedConfiguration()) { client in
            let key = uniqueKey()
            let replies = try await client.pipeline([
                RedisCommand("SET", .string(key), "text", "PX", 60000), RedisCommand("LPUSH", .string(key), "x"),
                RedisCommand("GET", .string(key)),
            ])
            #expect(replies.count == 3 && replies[0] == .status("OK"))
            #expect(replies[2] == .bytes(Array("text".utf8)))
            #expect(#expect(throws: RedisError.self) { try replies[1].checked() }?.server?.prefix == "WRONGTYPE")
            let error = try await redisError { _ = try await client.send(RedisCommand("LPUSH", .string(key), "x")) }
            #expect(error.code == .server && error.server?.prefix == "WRONGTYPE")
        }
    }

    @Test func errorsAndNullsInsideArrays() async throws {
        try await withClient(sharedConfiguration()) { client in
            let nested = "return {1, redis.error_reply('ERR inside'), {'a', {}}, false}"
            let reply = try await client.send(RedisCommand("EVAL", .string(nested), 0))
            #expect(
                reply
                    == .array([
                        .integer(1), .error(RedisServerError("ERR inside")), .array([.bytes([97]), .array([])]), .null,
                    ]))
            // A transaction whose watched key has changed answers with a null array.
            let key = RedisArgument.string(uniqueKey())
            let replies = try await client.pipeline([
                RedisCommand("WATCH", key), RedisCommand("SET", key, "changed", "PX", 60000), RedisCommand("MULTI"),
                RedisCommand("PING"), RedisCommand("EXEC"),
            ])
            #expect(replies.last == .null)
        }
    }

    @Test func selectsItsDatabase() async throws {
        var configuration = try sharedConfiguration()
        let key = uniqueKey()
        try await withClient(configuration) { try await $0.set(key, to: "here", expiry: .seconds(60)) }
        configuration.database = 5
        try await withClient(configuration) { client in
            let elsewhere = try await client.get(key)
            #expect(elsewhere == nil)
        }
    }

    @Test func emptyPipelineAsksNothing() async throws {
        try await withClient(sharedConfiguration()) { client in
            let replies = try await client.pipeline([])
            #expect(replies.isEmpty)
        }
    }
}
