import Logging
import NIOCore

/// The consuming side of the client: one connection, a channel for each consumer. Lives on one event loop.
final class ConsumingSide: ConnectionSide {
    let endpoint: ConnectionEndpoint
    private let configuration: AMQPConfiguration
    private let counters: StatisticsCounters
    private let logger: Logger
    private var isClosed = false

    init(
        endpoint: ConnectionEndpoint, configuration: AMQPConfiguration, counters: StatisticsCounters, logger: Logger
    ) {
        self.endpoint = endpoint
        self.configuration = configuration
        self.counters = counters
        self.logger = logger
    }

    /// Starts a consumer; the continuation is resumed when the broker has confirmed it, or refused.
    func consume(_ request: ConsumeRequest, started: ConsumerChannel.Started) {
        if isClosed {
            started.resume(returning: .failure(.clientClosed))
            return
        }
        _ = ConsumerChannel(
            request, endpoint: endpoint, configuration: configuration, counters: counters, logger: logger,
            started: started)
    }

    /// Cancels every consumer, as their own `cancel()` does.
    func cancelAll() {
        for case let consumer as ConsumerChannel in endpoint.allUsers { consumer.cancel(nil) }
    }

    func close() {
        isClosed = true
        for case let consumer as ConsumerChannel in endpoint.allUsers { consumer.close() }
    }
}
