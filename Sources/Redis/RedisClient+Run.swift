extension RedisClient {
    /// Keeps the connections open until the task is cancelled; reconnects after a loss with exponential back-off and
    /// full jitter. Commands on their way at the end fail as `.connectionLost`. To be called once.
    public func run() async {
        precondition(pool.withLock { $0.begin() }, "RedisClient.run() may be called only once")
        let keeper = ConnectionKeeper(configuration: configuration, eventLoopGroup: eventLoopGroup, logger: logger)
        await withDiscardingTaskGroup { group in
            for _ in 0..<max(1, configuration.poolSize) {
                group.addTask {
                    await keeper.run(serve: self.serve) { error in
                        for batch in self.pool.withLock({ $0.note(error) }) { batch.waiter.fail(error) }
                    }
                }
            }
        }
        let error = RedisError(.notConnected, "This Redis client has been shut down.")
        for batch in pool.withLock({ $0.stop() }) { batch.waiter.fail(error) }
    }

    private func serve(_ connection: RedisConnection) async -> RedisError {
        let refused = pool.withLock { $0.add(connection) }
        connection.wake()
        let error = RedisError(.overloaded, "Too many Redis commands waited for a connection.")
        for batch in refused { batch.waiter.fail(error) }
        let reason = await connection.waitUntilClosed()
        let others = pool.withLock { pool in
            pool.remove(connection)
            return pool.connections
        }
        // What one of them has learned of its server holds for all of them.
        if connection.isLeaving { for other in others where other.server == connection.server { other.leave() } }
        return reason
    }
}
