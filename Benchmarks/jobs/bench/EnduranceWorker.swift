import Domain
import Jobs
import JobsAMQP
import Logging
import ServiceLifecycle

/// The runtime's worker with a handler whose effect is a row; runs until SIGTERM or a kill.
enum EnduranceWorker {
    static func run(
        _ settings: BenchSettings, _ catalog: EnduranceCatalog, _ broker: AMQPBroker, _ logger: Logger
    ) async throws {
        let handler = EffectHandler(worker: settings.name, commits: GroupCommit { try await catalog.apply($0) })
        let worker = Worker(
            broker: broker, ledger: catalog.catalog, control: catalog.catalog,
            queues: [WorkerQueue(.importResolve, concurrency: settings.window, handler: handler)], logger: logger)
        try await ServiceGroup(services: [worker], gracefulShutdownSignals: [.sigterm], logger: logger).run()
    }
}

private struct EffectHandler: JobHandler {
    let worker: String
    let commits: GroupCommit

    func handle(_ job: Job<ResolveJob>) async throws -> Disposition {
        try await commits.apply(JobEffect(id: job.id, worker: worker, attempt: job.attempt))
        return .done
    }

    /// Nobody waits for these jobs; that one was given up shows in the dead-letter queue.
    func abandon(_ job: Job<ResolveJob>, because reason: String) async throws {}
}
