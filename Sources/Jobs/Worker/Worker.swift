import Foundation
package import Logging
import Metrics
import ServiceLifecycle

/// Consumes work queues and runs their handlers.
///
/// A message is acknowledged only after its effect, its retry or its dead letter is safe: whatever happens in
/// between, the broker delivers it again.
package struct Worker: Service {
    private let broker: any Broker
    private let queues: [WorkerQueue]
    private let ledger: any JobLedger
    private let inHand = DeliveriesInHand()
    private let running = RunningJobs()
    private let terms: LeaseTerms
    /// Of this process's leases.
    private let holder = UUID().uuidString.lowercased()
    private let metrics: JobMetrics
    private let longJobs: LongJobs
    private let control: ControlLoop
    private let logger: Logger

    /// - Parameters:
    ///   - terms: from when on a job counts as long.
    ///   - clock: times the looks at what was asked of the worker.
    package init(
        broker: any Broker, ledger: any JobLedger, control: any JobControl, queues: [WorkerQueue],
        terms: LeaseTerms = LeaseTerms(), metrics: JobMetrics = JobMetrics(factory: NOOPMetricsHandler.instance),
        clock: any Clock<Duration> = ContinuousClock(), logger: Logger
    ) {
        self.broker = broker
        self.queues = queues
        self.ledger = ledger
        self.terms = terms
        self.metrics = metrics
        self.logger = logger
        longJobs = LongJobs(
            broker: broker, ledger: ledger, inHand: inHand, running: running, terms: terms, holder: holder,
            metrics: metrics, logger: logger)
        self.control = ControlLoop(
            broker: broker, control: control, running: running,
            // Nothing is taken from a queue before it is known whether it is paused.
            switches: Dictionary(uniqueKeysWithValues: queues.map { ($0.queue, ConsumerSwitch(isPaused: true)) }),
            clock: clock, logger: logger)
    }

    private func runner(of queue: WorkerQueue) -> JobRunner {
        JobRunner(
            queue: queue, broker: broker, ledger: ledger, inHand: inHand, running: running, terms: terms,
            holder: holder, metrics: metrics.of(queue.queue), logger: logger)
    }

    /// Consumes until graceful shutdown: consumers are cancelled, jobs in hand finish, then it returns.
    package func run() async throws {
        await withTaskGroup(of: Void.self) { group in
            // Jobs in hand at shutdown may be long as well: it ends after the last of them.
            group.addTask { await longJobs.run() }
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await control.run() }
                for queue in queues {
                    group.addTask { await consume(queue) }
                }
            }
            group.cancelAll()
        }
    }

    private func consume(_ queue: WorkerQueue) async {
        let runner = runner(of: queue)
        let loop = ConsumerLoop(
            broker: broker, queue: queue.queue.rawValue, prefetch: queue.policy.concurrency,
            consumerSwitch: control.switches[queue.queue] ?? ConsumerSwitch(), logger: logger)
        await loop.run { subscription in
            try await JobSlots(
                count: queue.policy.concurrency, deliveries: subscription.deliveries, runner: runner
            ).run()
        }
    }
}
