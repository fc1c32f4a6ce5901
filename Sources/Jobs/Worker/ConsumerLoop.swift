package import Logging
import ServiceLifecycle

/// Keeps one consumer running: subscribes, runs the body, and starts again with back-off when the subscription ends
/// with an error, until graceful shutdown.
package struct ConsumerLoop: Sendable {
    private let broker: any Broker
    private let queue: String
    private let prefetch: Int
    private let consumerSwitch: ConsumerSwitch
    private let logger: Logger

    /// - Parameter consumerSwitch: pauses it.
    package init(
        broker: any Broker, queue: String, prefetch: Int, consumerSwitch: ConsumerSwitch = ConsumerSwitch(),
        logger: Logger
    ) {
        self.broker = broker
        self.queue = queue
        self.prefetch = prefetch
        self.consumerSwitch = consumerSwitch
        self.logger = logger
    }

    /// Runs until graceful shutdown: the subscription is then cancelled, so that `body` sees its end and returns when
    /// what it has in hand is settled.
    package func run(_ body: (BrokerSubscription) async throws -> Void) async {
        await withGracefulShutdownHandler {
            var failures = 0
            while !consumerSwitch.isOff, !Task.isCancelled {
                await consumerSwitch.waitWhilePaused()
                if consumerSwitch.isOff { return }
                do {
                    let subscription = try await broker.subscribe(to: queue, prefetch: prefetch)
                    consumerSwitch.adopt(subscription)
                    failures = 0
                    // What a failed body left unsettled comes again once its consumer is gone.
                    defer { subscription.cancel() }
                    try await body(subscription)
                } catch {
                    failures += 1
                    logger.error(
                        "consumer ended, starting it again", metadata: ["queue": "\(queue)", "error": "\(error)"])
                    await BackOff.pause(afterFailures: failures)
                }
            }
        } onGracefulShutdown: {
            consumerSwitch.turnOff()
        }
    }
}
