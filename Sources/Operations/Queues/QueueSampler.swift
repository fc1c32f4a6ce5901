package import Catalog
import Domain
import Foundation
package import Logging
import ServiceLifecycle

/// Looks at the queues once a second and tells the topic `queues` when something changed.
///
/// What was told last stands in the catalog, so a restart tells nothing twice, and several samplers tell together
/// what one would.
package struct QueueSampler: Service {
    private let operations: OperationsService
    private let catalog: any Catalog
    private let clock: any Clock<Duration>
    private let logger: Logger

    /// - Parameter clock: times the samples.
    package init(
        operations: OperationsService, catalog: any Catalog, clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger
    ) {
        self.operations = operations
        self.catalog = catalog
        self.clock = clock
        self.logger = logger
    }

    /// Samples until graceful shutdown.
    package func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    _ = try await sample()
                } catch is CancellationError {
                    return
                } catch {
                    logger.warning("queues not sampled, looking again in a second", metadata: ["error": "\(error)"])
                }
                do {
                    try await clock.sleep(for: .seconds(1))
                } catch {
                    return
                }
            }
        }
    }

    /// One look. Returns whether there was something to tell.
    func sample() async throws -> Bool {
        let state = try await operations.sampleQueues()
        guard try await catalog.read({ try Self.isNews(state, to: $0) }) else { return false }
        return try await catalog.write { writer in
            // Another sampler may have told it since it was read.
            guard try Self.isNews(state, to: writer) else { return false }
            try writer.tell(.queuesChanged, about: .queues, state: state, traceparent: nil)
            return true
        }
    }

    private static func isNews(_ state: QueuesState, to reader: any CatalogReader) throws -> Bool {
        try lastTold(by: reader).map { state.differsNoticeably(from: $0) } ?? true
    }

    private static func lastTold(by reader: any CatalogReader) throws -> QueuesState? {
        guard let data = try reader.state(of: .queues)?.data else { return nil }
        do {
            return try JSONDecoder().decode(QueuesState.self, from: data)
        } catch is DecodingError {
            // A state of another version counts as none: the next one told replaces it.
            return nil
        }
    }
}
