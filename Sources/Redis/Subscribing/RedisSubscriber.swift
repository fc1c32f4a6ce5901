public import Logging
public import NIOCore
import Synchronization

/// Hears what is published to channels: `for await event in subscriber`, while another task is in `run()`.
///
/// It has a connection of its own, which is opened again after a loss, and subscribes again by itself. Redis keeps no
/// message for who is away: the events tell when some may have been missed. The sequence ends after `run()` has returned,
/// or when the reader's task is cancelled. Several tasks may iterate at once; each event goes to one of them.
public final class RedisSubscriber: AsyncSequence, Sendable {
    /// Messages, and when some may have been missed.
    public typealias Element = RedisSubscriptionEvent
    /// The sequence never throws: it connects again.
    public typealias Failure = Never

    private let configuration: RedisConfiguration
    private let channels: [String]
    private let patterns: [String]
    private let keepalive: Duration
    private let eventLoopGroup: any EventLoopGroup
    private let logger: Logger
    private let inbox: SubscriptionInbox
    private let hasRun = Mutex(false)

    /// A subscriber that is not connected yet.
    /// - Parameters:
    ///   - configuration: `poolSize` is not used: there is one connection. `maximumReplyBytes` bounds a message.
    ///   - channels: Names of channels.
    ///   - patterns: Patterns of names as Redis reads them, such as `progress.*`.
    ///   - maximumWaiting: Events that may wait for a slow reader, at least four; then all are let go (`.overflowed`).
    ///   - maximumWaitingBytes: Bytes of messages that may wait for a slow reader.
    ///   - keepalive: Time between two `PING`s. A connection that swallows everything is given up when this and twice
    ///     `commandTimeout` have passed.
    ///   - eventLoopGroup: The caller shuts it down, after `run()` has returned.
    ///   - logger: Is told of lost connections.
    public init(
        configuration: RedisConfiguration, channels: [String], patterns: [String] = [], maximumWaiting: Int = 4096,
        maximumWaitingBytes: Int = 16 << 20, keepalive: Duration = .seconds(10), eventLoopGroup: any EventLoopGroup,
        logger: Logger
    ) {
        self.configuration = configuration
        self.channels = channels
        self.patterns = patterns
        self.keepalive = keepalive
        self.eventLoopGroup = eventLoopGroup
        self.logger = logger
        inbox = SubscriptionInbox(maximumEvents: maximumWaiting, maximumBytes: maximumWaitingBytes)
    }

    /// Keeps the subscription until the task is cancelled, like `RedisClient.run()`. To be called once.
    public func run() async {
        let isFirst = hasRun.withLock { hasRun in
            defer { hasRun = true }
            return !hasRun
        }
        precondition(isFirst, "RedisSubscriber.run() may be called only once")
        let keeper = ConnectionKeeper(
            configuration: configuration, eventLoopGroup: eventLoopGroup, logger: logger, inbox: inbox)
        await keeper.run { connection in
            let reason = await serve(connection)
            inbox.interrupt(reason)
            return reason
        } failed: { error in
            inbox.interrupt(error)
        }
        inbox.finish()
    }

    private func serve(_ connection: RedisConnection) async -> RedisError {
        // One channel a command, because Redis replies once for each channel and the queue of replies once a command.
        let commands =
            channels.map { RedisCommand("SUBSCRIBE", .string($0)) }
            + patterns.map { RedisCommand("PSUBSCRIBE", .string($0)) }
        inbox.expect(confirmations: commands.count)
        do throws(RedisError) {
            let deadline = NIODeadline.now() + TimeAmount(configuration.commandTimeout)
            // An empty exchange would wait for a reply that nobody owes.
            let replies = commands.isEmpty ? [] : try await connection.exchange(commands, until: deadline)
            for reply in replies { _ = try reply.checked() }
        } catch {
            connection.close()
            return RedisConnection.refusal(error, by: configuration)
        }
        return await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.keepAlive(connection) }
            defer { group.cancelAll() }
            return await connection.waitUntilClosed()
        }
    }

    /// A connection that owes the reply to a `PING` for too long gives itself up, so what becomes of one is its concern.
    private func keepAlive(_ connection: RedisConnection) async {
        while (try? await Task.sleep(for: keepalive)) != nil {
            _ = try? await connection.exchange(
                [RedisCommand("PING")], until: .now() + TimeAmount(configuration.commandTimeout))
        }
    }

    /// Takes one event after another.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let subscriber: RedisSubscriber

        /// The next event; nil when `run()` has returned, or the calling task was cancelled.
        public mutating func next() async -> RedisSubscriptionEvent? {
            await subscriber.inbox.next()
        }

        /// As `next()`.
        public mutating func next(isolation actor: isolated (any Actor)?) async -> RedisSubscriptionEvent? {
            await subscriber.inbox.next()
        }
    }

    /// An iterator; every iterator takes from the same events.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(subscriber: self) }
}
