import Foundation
import Redis
import TestSupport
import Testing

/// A primary with a replica, and sentinels that watch them: real servers, with passwords of their own.
struct WatchedServers {
    static let password = "secret"
    static let sentinelPassword = "watch"

    let primary: PrivateRedis
    let replica: PrivateRedis
    let sentinels: [PrivateRedis]

    /// Runs them for the time of `body`, which begins when a failover is possible.
    static func with<Result: Sendable>(
        sentinels count: Int, _ body: (WatchedServers) async throws -> Result
    ) async throws -> Result {
        let passwords = ["--requirepass", password, "--masterauth", password]
        return try await PrivateRedis.with(passwords) { primary in
            let following = ["--replicaof", "127.0.0.1", "\(primary.port)", "--repl-diskless-sync-delay", "0"]
            return try await PrivateRedis.with(passwords + following) { replica in
                try await withClient(primary.configuration { $0.password = password }) { client in
                    try await untilConnected { try await client.ping() }
                    try await eventually("the replica's link") {
                        try await client.send(RedisCommand("INFO", "replication")).string().contains("state=online")
                    }
                }
                return try await withSentinels(count, watching: primary) { sentinels in
                    let servers = WatchedServers(primary: primary, replica: replica, sentinels: sentinels)
                    try await servers.untilEverySentinelKnowsAll()
                    return try await body(servers)
                }
            }
        }
    }

    private static func withSentinels<Result: Sendable>(
        _ count: Int, watching primary: PrivateRedis, _ others: [PrivateRedis] = [],
        _ body: ([PrivateRedis]) async throws -> Result
    ) async throws -> Result {
        guard count > 0 else { return try await body(others) }
        return try await PrivateRedis.withSentinel(
            """
            sentinel monitor main 127.0.0.1 \(primary.port) 1
            sentinel auth-pass main \(password)
            sentinel down-after-milliseconds main 500
            sentinel failover-timeout main 3000
            requirepass \(sentinelPassword)
            """
        ) { sentinel in
            try await withSentinels(count - 1, watching: primary, others + [sentinel], body)
        }
    }

    /// A sentinel that does not know the replica, or the others whose vote it needs, cannot fail over.
    private func untilEverySentinelKnowsAll() async throws {
        for sentinel in sentinels {
            try await withSentinelClient(sentinel) { client in
                try await eventually("what a sentinel knows", within: .seconds(40)) {
                    let replicas = try await client.send(RedisCommand("SENTINEL", "REPLICAS", "main")).array()
                    let others = try await client.send(RedisCommand("SENTINEL", "SENTINELS", "main")).array()
                    return replicas.contains { Self.field("master-link-status", of: $0) == "ok" }
                        && others.count == sentinels.count - 1
                }
            }
        }
    }

    private static func field(_ name: String, of entry: RedisValue) -> String? {
        guard let words = try? entry.array().map({ value in try value.string() }),
            let index = words.firstIndex(of: name), index + 1 < words.count
        else { return nil }
        return words[index + 1]
    }

    func withSentinelClient<Result>(
        _ sentinel: PrivateRedis, _ body: (RedisClient) async throws -> Result
    ) async throws -> Result {
        try await withClient(sentinel.configuration { $0.password = Self.sentinelPassword }) { client in
            try await untilConnected { try await client.ping() }
            return try await body(client)
        }
    }

    /// The URL of the primary behind these sentinels, or others.
    func configuration(askingFirst other: Int? = nil) throws -> RedisConfiguration {
        let ports = (other.map { [$0] } ?? []) + sentinels.map(\.port)
        let hosts = ports.map { "127.0.0.1:\($0)" }.joined(separator: ",")
        var configuration = try RedisConfiguration(
            url: "redis+sentinel://:\(Self.password)@\(hosts)/main/2?sentinelpassword=\(Self.sentinelPassword)")
        configuration.backoffMaximum = .milliseconds(200)
        return configuration
    }
}
