import Synchronization

/// A Lua script. Make one for each source and keep it: it remembers the hash under which the server caches it.
public final class RedisScript: Sendable {
    /// The Lua source.
    public let source: String
    private let hash = Mutex<String?>(nil)

    /// A script that no server has seen yet.
    public init(_ source: String) { self.source = source }

    /// SHA-1 of the source in hexadecimal digits, as the server gave it; nil before the first run.
    public var sha1: String? { hash.withLock { $0 } }

    func remember(_ sha1: String) { hash.withLock { $0 = sha1 } }
}

extension RedisClient {
    /// Runs a script by its hash. A server that does not have it in its cache (restart, failover, `SCRIPT FLUSH`) is
    /// sent the source; the script ran not at all before that, so it runs once.
    /// - Throws: like `send`; `.server` also for an error that the script raised or returned.
    public func run(
        _ script: RedisScript, keys: [String] = [], arguments: [RedisArgument] = []
    ) async throws(RedisError) -> RedisValue {
        let tail = [.integer(keys.count)] + keys.map(RedisArgument.string) + arguments
        let sha1: String
        if let known = script.sha1 {
            sha1 = known
        } else {
            sha1 = try await send(RedisCommand("SCRIPT", "LOAD", .string(script.source))).string()
            script.remember(sha1)
        }
        do {
            return try await send(RedisCommand("EVALSHA", arguments: [.string(sha1)] + tail))
        } catch {
            guard error.server?.prefix == "NOSCRIPT" else { throw error }
            // EVAL caches the source as well, and no flush can come between.
            return try await send(RedisCommand("EVAL", arguments: [.string(script.source)] + tail))
        }
    }
}
