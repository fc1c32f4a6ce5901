import Logging
import NIOPosix
import Redis
import TestSupport
import Testing

/// Publish and subscribe against real servers, and what becomes of a subscription when its connection is lost.
@Suite(.timeLimit(.minutes(1))) struct RedisSubscriberTests {
    @Test func messagesOfChannelsAndPatternsComeInOrder() async throws {
        let (channel, prefix) = (uniqueKey(), uniqueKey())
        let configuration = try sharedConfiguration()
        try await withSubscriber(configuration, [channel], ["\(prefix):*"]) { events in
            try await events.demandSubscribed()
            try await withClient(configuration) { client in
                // A zero and a byte that is no UTF-8 among them.
                let bytes: [UInt8] = [0, 255, 13, 10]
                #expect(try await client.publish(.bytes(bytes), to: channel) == 1)
                #expect(try await client.publish("by pattern", to: "\(prefix):a") == 1)
                for number in 0..<1000 { _ = try await client.publish(.integer(number), to: channel) }
                let first = try await events.message()
                #expect(first.bytes == bytes && first.channel == channel && first.pattern == nil)
                let second = try await events.message()
                #expect(second.channel == "\(prefix):a" && second.pattern == "\(prefix):*")
                for number in 0..<1000 {
                    let text = String(decoding: try await events.message().bytes, as: UTF8.self)
                    #expect(text == "\(number)")
                }
            }
        }
    }

    @Test func publishTellsHowManyHaveHeard() async throws {
        let (channel, configuration) = (uniqueKey(), try sharedConfiguration())
        try await withClient(configuration) { client in
            #expect(try await client.publish("x", to: channel) == 0)
            try await withSubscriber(configuration, [channel]) { one in
                try await one.demandSubscribed()
                try await withSubscriber(configuration, [channel]) { other in
                    try await other.demandSubscribed()
                    #expect(try await client.publish("x", to: channel) == 2)
                }
            }
        }
    }

    /// Seen red with a subscriber that does not tell its inbox of the loss.
    @Test func lossIsToldAndTheSubscriptionComesBack() async throws {
        try await PrivateRedis.with { server in
            try await withSubscriber(server.configuration(), ["c"]) { events in
                try await events.demandSubscribed()
                for number in 0..<3 {
                    await server.kill()
                    try await events.demandInterrupted(.connectionLost)
                    try await server.start()
                    try await events.demandSubscribed()
                    try await withClient(server.configuration()) { client in
                        let heard = try await client.publish(.integer(number), to: "c")
                        #expect(heard == 1)
                    }
                    #expect(try await events.message().bytes == Array("\(number)".utf8))
                }
            }
        }
    }

    /// Seen red without the `PING`s: nothing is noticed then.
    @Test func connectionThatSwallowsEverythingIsGivenUp() async throws {
        try await PrivateRedis.with { server in
            try await FaultyProxy.with(to: server.port) { proxy, port in
                var configuration = server.configuration { $0.commandTimeout = .milliseconds(300) }
                configuration.port = port
                try await withSubscriber(configuration, ["c"], keepalive: .milliseconds(100)) { events in
                    try await events.demandSubscribed()
                    proxy.swallow()
                    try await events.demandInterrupted(.timeout)
                    try await events.demandSubscribed()
                    try await withClient(server.configuration()) { _ = try await $0.publish("again", to: "c") }
                    #expect(try await events.message().bytes == Array("again".utf8))
                }
            }
        }
    }

    @Test func pingsAreNoMessagesAndDisturbNothing() async throws {
        try await PrivateRedis.with { server in
            try await withSubscriber(server.configuration(), ["c"], keepalive: .milliseconds(1)) { events in
                try await events.demandSubscribed()
                try await withClient(server.configuration()) { client in
                    try await eventually("two hundred PINGs") {
                        _ = try await client.publish("tick", to: "c")
                        let tick = try await events.message()
                        #expect(tick.bytes == Array("tick".utf8))
                        let seen = try await client.send(RedisCommand("INFO", "commandstats")).string()
                        let calls = seen.split(separator: "cmdstat_ping:calls=").dropFirst().first
                        return (calls?.prefix { $0.isNumber }).flatMap { Int($0) } ?? 0 > 200
                    }
                }
            }
        }
    }

    /// Seen red with a buffer that never makes room.
    @Test func slowReaderIsToldWhatItHasMissed() async throws {
        try await PrivateRedis.with { server in
            try await withSubscriber(server.configuration(), ["c"], maximumWaiting: 100) { events in
                try await events.demandSubscribed()
                try await withClient(server.configuration()) { client in
                    for number in 1...1050 { _ = try await client.publish(.integer(number), to: "c") }
                    var (heard, missed, last) = (0, 0, 0)
                    while last < 1050 {
                        switch try await events.next() {
                        case .message(let message):
                            last = try #require(Int(String(decoding: message.bytes, as: UTF8.self)))
                            heard += 1
                        case .overflowed(let count): missed += count
                        default: Issue.record("the connection was lost")
                        }
                    }
                    #expect(heard + missed == 1050 && missed > 0)
                }
            }
        }
    }

    @Test func missingPermissionIsTold() async throws {
        let user = ["--user", "anna", "on", ">pw", "&open", "+@all"]
        try await PrivateRedis.with(user) { server in
            let configuration = server.configuration {
                $0.username = "anna"
                $0.password = "pw"
            }
            try await withSubscriber(configuration, ["open", "closed"]) { events in
                try await events.demandInterrupted(.refusedCredentials)
            }
        }
    }

    @Test func sequenceEndsWithTheSubscriber() async throws {
        let subscriber = try RedisSubscriber(
            configuration: sharedConfiguration(), channels: ["c"],
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: Logger(label: "redis.test"))
        try await within(.seconds(20), "the end of the sequence") {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await subscriber.run() }
                for await event in subscriber {
                    if case .subscribed = event { group.cancelAll() }
                }
            }
        }
    }

    /// Seen red with the reader that waits not woken.
    @Test func cancelledReaderReturns() async throws {
        let (channel, configuration) = (uniqueKey(), try sharedConfiguration())
        try await withSubscriber(configuration, [channel]) { events in
            try await events.demandSubscribed()
            try await withClient(configuration) { client in
                // Each is cancelled where it waits for a second message, or just before.
                for _ in 0..<50 {
                    let (heard, hear) = AsyncStream<Void>.makeStream()
                    let reader = Task { [subscriber = events.subscriber] in
                        for await _ in subscriber { hear.yield() }
                        hear.finish()
                    }
                    _ = try await client.publish("one", to: channel)
                    for await _ in heard.prefix(1) {}
                    await Task.yield()
                    reader.cancel()
                    try await within(.seconds(20), "the reader's end") { for await _ in heard {} }
                }
            }
        }
    }
}
