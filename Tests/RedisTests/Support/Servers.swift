import Foundation
import Logging
import NIOCore
import NIOPosix
import Redis
import Synchronization
import Testing

/// The suite's Redis, which other tests use at the same time: nothing here may disturb it.
func sharedConfiguration() throws -> RedisConfiguration {
    let url = try #require(
        ProcessInfo.processInfo.environment["SRTO_TEST_REDIS_URL"],
        "SRTO_TEST_REDIS_URL is missing: run `.ci/servers start DIR` and set it to SRTO_REDIS_URL of DIR/env")
    return try RedisConfiguration(url: url)
}

/// Runs a client for the time of `body`.
func withClient<Result>(
    _ configuration: RedisConfiguration, _ body: (RedisClient) async throws -> Result
) async throws -> Result {
    var logger = Logger(label: "redis.test")
    logger.logLevel = .error
    let client = RedisClient(
        configuration: configuration, eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger)
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { await client.run() }
        defer { group.cancelAll() }
        return try await body(client)
    }
}

/// The error that `body` throws.
func redisError(_ body: () async throws -> Void) async throws -> RedisError {
    let error = try await #require(throws: RedisError.self) { try await body() }
    return error
}

/// A key that no other test uses.
func uniqueKey(_ name: String = #function) -> String { "test:\(name):\(UUID().uuidString)" }

/// Sends until the client has found its server again; what was under way during the loss may fail.
@discardableResult
func untilConnected<Result>(
    within limit: Duration = .seconds(20), _ body: () async throws -> Result
) async throws -> Result {
    let deadline = ContinuousClock.now + limit
    while true {
        do {
            return try await body()
        } catch let error as RedisError
            where ContinuousClock.now < deadline && [.connectionLost, .timeout, .notConnected].contains(error.code)
        {
            continue
        }
    }
}
