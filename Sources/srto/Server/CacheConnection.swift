import Logging
import NIOPosix
import Redis

/// Redis as the settings name it.
struct CacheConnection: Sendable {
    let client: RedisClient
    private let address: String

    /// Prepares the connection; nothing is reached yet.
    /// - Throws: `StartError` when the settings do not suffice.
    init(_ settings: Settings, logger: Logger) throws {
        guard let url = settings.redisURL else {
            throw StartError(
                "SRTO_REDIS_URL is not set: give Redis's address as redis://:password@host:port/0, or its sentinels' as "
                    + "redis+sentinel://:password@host:port,host:port/primary/0 (`make run` starts a private one).")
        }
        do {
            let configuration = try RedisConfiguration(url: url)
            address = configuration.address
            client = RedisClient(
                configuration: configuration,
                eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger)
        } catch {
            throw StartError("Redis (SRTO_REDIS_URL): \(error)")
        }
    }

    /// Waits until Redis answers.
    /// - Throws: `StartError` saying what to do when it does not.
    func demandReached() async throws {
        do {
            try await client.ping()
        } catch {
            throw StartError(notReached: "Redis", at: address, error, setting: "SRTO_REDIS_URL")
        }
    }
}
