import Logging
import NIOCore

extension RedisClient {
    /// Keeps the connections open until the task is cancelled; reconnects after a loss with exponential back-off and
    /// full jitter. Commands on their way at the end fail as `.connectionLost`. To be called once.
    public func run() async {
        precondition(pool.withLock { $0.begin() }, "RedisClient.run() may be called only once")
        await withDiscardingTaskGroup { group in
            for _ in 0..<max(1, configuration.poolSize) {
                group.addTask { await self.keepConnection() }
            }
        }
        let error = RedisError(.notConnected, "This Redis client has been shut down.")
        for batch in pool.withLock({ $0.stop() }) { batch.waiter.fail(error) }
    }

    /// One place in the pool: connects, waits for the end, waits a little, connects again.
    private func keepConnection() async {
        var backoff = Backoff(minimum: configuration.backoffMinimum, maximum: configuration.backoffMaximum)
        var generator = SystemRandomNumberGenerator()
        var wasConnected = false
        while !Task.isCancelled {
            do throws(RedisError) {
                let connection = try await RedisConnection.open(configuration, on: eventLoopGroup)
                wasConnected = true
                let lifetime = await ContinuousClock().measure { await serve(connection) }
                // A server that accepts and then hangs up at once must not be called without a pause.
                if lifetime > configuration.backoffMaximum { backoff.reset() }
            } catch {
                guard !Task.isCancelled else { return }
                // Before the first connection commands tell; the loss of one is worth one warning more.
                logger.log(
                    level: wasConnected ? .warning : .debug, "cannot connect to Redis",
                    metadata: address(["error": "\(error)"]))
                wasConnected = false
                for batch in pool.withLock({ $0.note(error) }) { batch.waiter.fail(error) }
            }
            // Fails only when the task is cancelled, which ends the loop.
            try? await Task.sleep(for: backoff.next(using: &generator))
        }
    }

    private func serve(_ connection: RedisConnection) async {
        let refused = pool.withLock { $0.add(connection) }
        connection.wake()
        let error = RedisError(.overloaded, "Too many Redis commands waited for a connection.")
        for batch in refused { batch.waiter.fail(error) }
        logger.debug("connected to Redis", metadata: address())
        let reason = await connection.waitUntilClosed()
        pool.withLock { $0.remove(connection) }
        if !Task.isCancelled {
            logger.warning("lost a connection to Redis", metadata: address(["error": "\(reason)"]))
        }
    }

    private func address(_ metadata: Logger.Metadata = [:]) -> Logger.Metadata {
        metadata.merging(["redis": "\(configuration)"]) { first, _ in first }
    }
}
