import Logging
import NIOPosix
import Redis
import TestSupport
import Testing

/// What a subscriber hears, each within a deadline.
struct SubscriptionEvents {
    let subscriber: RedisSubscriber

    func next() async throws -> RedisSubscriptionEvent {
        let event = try await within(.seconds(20), "an event of the subscription") { [subscriber] in
            var iterator = subscriber.makeAsyncIterator()
            return await iterator.next()
        }
        return try #require(event)
    }

    func demandSubscribed() async throws {
        while true {
            switch try await next() {
            case .subscribed: return
            // A server that has only just been started does not listen yet.
            case .interrupted(let error) where error.code == .notConnected: continue
            case let event: throw Unexpected(event: event)
            }
        }
    }

    /// A server that has only just been started may be found away at first.
    func demandInterrupted(_ code: RedisError.Code) async throws {
        while true {
            let event = try await next()
            guard case .interrupted(let error) = event else { throw Unexpected(event: event) }
            if error.code == code { return }
            guard error.code == .notConnected else { throw error }
        }
    }

    func message() async throws -> RedisMessage {
        switch try await next() {
        case .message(let message): return message
        case let event: throw Unexpected(event: event)
        }
    }

    struct Unexpected: Error {
        let event: RedisSubscriptionEvent
    }
}

/// Runs a subscriber for the time of `body`.
func withSubscriber<Result>(
    _ configuration: RedisConfiguration, _ channels: [String], _ patterns: [String] = [], maximumWaiting: Int = 4096,
    keepalive: Duration = .seconds(10), _ body: (SubscriptionEvents) async throws -> Result
) async throws -> Result {
    var logger = Logger(label: "redis.test")
    logger.logLevel = .error
    let subscriber = RedisSubscriber(
        configuration: configuration, channels: channels, patterns: patterns, maximumWaiting: maximumWaiting,
        keepalive: keepalive, eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger)
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { await subscriber.run() }
        defer { group.cancelAll() }
        return try await body(SubscriptionEvents(subscriber: subscriber))
    }
}
