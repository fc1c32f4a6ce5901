extension RedisClient {
    /// Asks whether the server answers.
    /// - Throws: like `send`.
    public func ping() async throws(RedisError) {
        _ = try await send(RedisCommand("PING"))
    }

    /// The value of a key; nil when there is none.
    /// - Throws: like `send`; `.server` with prefix `WRONGTYPE` when the key holds no string.
    public func get(_ key: String) async throws(RedisError) -> [UInt8]? {
        try await send(RedisCommand("GET", .string(key))).optionalBytes()
    }

    /// Sets a key, without expiry or to expire after whole milliseconds of `expiry`, at least one.
    /// - Throws: like `send`.
    public func set(_ key: String, to value: RedisArgument, expiry: Duration? = nil) async throws(RedisError) {
        var arguments: [RedisArgument] = [.string(key), value]
        if let expiry {
            let milliseconds = expiry.components.seconds * 1000 + expiry.components.attoseconds / 1_000_000_000_000_000
            arguments += ["PX", .integer(Int(max(1, milliseconds)))]
        }
        _ = try await send(RedisCommand("SET", arguments: arguments))
    }

    /// Publishes a message to a channel; returns how many subscribers have been sent it, which are those of this server
    /// alone. A subscriber that is away, or too slow, will not hear it: see `RedisSubscriber`.
    /// - Throws: like `send`.
    public func publish(_ message: RedisArgument, to channel: String) async throws(RedisError) -> Int {
        try await send(RedisCommand("PUBLISH", .string(channel), message)).integer()
    }
}
