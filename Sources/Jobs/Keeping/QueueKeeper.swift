package import Logging
import ServiceLifecycle
import Synchronization

/// Sees that the broker has its queues. When one is gone (deleted, or a broker that lost its data), the jobs that lay in it
/// are put into the outbox again before it is declared anew: the store knows every job without effect, and one that
/// comes twice is dropped the second time.
package final class QueueKeeper: Service {
    private static let interval = Duration.seconds(5)

    private let broker: any Broker
    private let store: any OutboxStore
    private let declare: @Sendable (_ lost: LostQueues) async throws -> Void
    private let put = Mutex<Set<String>>([])
    private let logger: Logger

    /// - Parameter declare: makes the lost queues, and whatever else the broker lacks but the other queues of
    ///   `LostQueues.expected`: one that is deleted meanwhile must be found lost the next time.
    package init(
        broker: any Broker, store: any OutboxStore,
        declare: @escaping @Sendable (_ lost: LostQueues) async throws -> Void,
        logger: Logger
    ) {
        self.broker = broker
        self.store = store
        self.declare = declare
        self.logger = logger
    }

    /// Looks every few seconds until graceful shutdown, first after a few: whoever starts it has looked (`keep`).
    package func run() async throws {
        await cancelledAtShutdown { [self] in
            var lastFailure = ""
            while true {
                do {
                    try await Surroundings.current.sleep(Self.interval)
                } catch {
                    // Cancelled.
                    return
                }
                do {
                    try await keep()
                    lastFailure = ""
                } catch {
                    // The same reason every few seconds would hide everything else in the log.
                    if !Task.isCancelled, lastFailure != "\(error)" {
                        lastFailure = "\(error)"
                        logger.error("not known whether the broker has its queues", metadata: ["error": "\(error)"])
                    }
                }
            }
        }
    }

    /// Looks once. The jobs go first: a crash between the two finds the queue still missing and does it again.
    /// - Throws: what the broker, the store or `declare` throws; nothing is declared then.
    package func keep() async throws {
        var missing: Set<String> = []
        for name in LostQueues.expected where try await broker.depth(of: name) == nil { missing.insert(name) }
        let lost = LostQueues(missing)
        // While declaring fails, their jobs are not put again and again.
        if put.withLock({ !lost.names.isSubset(of: $0) }) {
            let jobs = try await store.putAgain(jobsOf: lost.affected)
            // A broker that is new lacks them all and has lost nothing.
            logger.log(
                level: jobs == 0 ? .info : .warning,
                "the broker lacks queues: they are declared, and their jobs put again",
                metadata: ["queues": "\(lost.names.sorted())", "jobs": "\(jobs)"])
            put.withLock { $0.formUnion(lost.names) }
        }
        try await declare(lost)
        put.withLock { $0 = [] }
    }
}
