import Logging
import NIOCore

/// One place for a connection: connects, has it served to its end, waits a little, connects again.
struct ConnectionKeeper {
    let configuration: RedisConfiguration
    let eventLoopGroup: any EventLoopGroup
    let logger: Logger
    /// Takes what the server sends unasked.
    var inbox: SubscriptionInbox?

    /// Returns when the task is cancelled.
    /// - Parameters:
    ///   - serve: Makes use of an open connection until it has ended, and says why it has.
    ///   - failed: Is told of each attempt to connect that has failed.
    func run(serve: (RedisConnection) async -> RedisError, failed: (RedisError) -> Void) async {
        var backoff = Backoff(minimum: configuration.backoffMinimum, maximum: configuration.backoffMaximum)
        var generator = SystemRandomNumberGenerator()
        var wasConnected = false
        var connector = ServerConnector(configuration, on: eventLoopGroup, inbox: inbox)
        while !Task.isCancelled {
            do throws(RedisError) {
                let connection = try await connector.open()
                wasConnected = true
                logger.debug("connected to Redis", metadata: address())
                let begin = ContinuousClock.now
                let reason = await serve(connection)
                guard !Task.isCancelled else { return }
                logger.warning("lost a connection to Redis", metadata: address(["error": "\(reason)"]))
                // A server that accepts and then hangs up at once must not be called without a pause.
                if begin.duration(to: .now) > configuration.backoffMaximum { backoff.reset() }
            } catch {
                guard !Task.isCancelled else { return }
                // Before the first connection commands tell; the loss of one is worth one warning more.
                logger.log(
                    level: wasConnected ? .warning : .debug, "cannot connect to Redis",
                    metadata: address(["error": "\(error)"]))
                wasConnected = false
                failed(error)
            }
            // Fails only when the task is cancelled, which ends the loop.
            try? await Task.sleep(for: backoff.next(using: &generator))
        }
    }

    private func address(_ metadata: Logger.Metadata = [:]) -> Logger.Metadata {
        metadata.merging(["redis": "\(configuration)"]) { first, _ in first }
    }
}
