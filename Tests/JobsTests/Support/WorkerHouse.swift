import Domain
import Foundation
import Jobs
import JobsConformance
import Logging
import MetricsTestKit
import ServiceLifecycle
import ServiceLifecycleTestKit
import Synchronization
import TestSupport

/// A worker on `import.resolve`, with all that it needs.
struct WorkerHouse: Sendable {
    let clock = ManualClock()
    let memory: InMemoryBroker
    let broker: ObservedBroker
    let ledger = MemoryLedger()
    let handler: ScriptedHandler
    /// What the worker counted.
    let metrics = TestMetrics()

    /// - Parameter script: what the handler does, job by job.
    init(
        failing faults: [ObservedBroker.Fault] = [],
        _ script: @escaping @Sendable (Job<ResolveJob>) async throws -> Disposition = { _ in .done }
    ) throws {
        memory = InMemoryBroker(topology: try .truth, clock: clock)
        broker = ObservedBroker(memory, failing: faults)
        handler = ScriptedHandler(script)
    }

    /// Runs the worker while `body` runs, then shuts it down gracefully and waits until it has gone.
    func whileWorking(
        concurrency: Int = 4, terms: LeaseTerms = LeaseTerms(), _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        let queue = WorkerQueue(.importResolve, concurrency: concurrency, handler: handler)
        let worker = Worker(
            broker: broker, ledger: ledger, control: ledger, queues: [queue], terms: terms,
            metrics: JobMetrics(factory: metrics), clock: clock, logger: .quiet)
        try await runGracefully(worker, while: body)
    }

    /// Puts a job into the work queue.
    func ask(_ id: String, attempts: Int = 0) async throws {
        try await memory.publish([Self.envelope(id, attempts: attempts).outbound])
    }

    static func envelope(_ id: String, attempts: Int = 0) throws -> JobEnvelope {
        let request = try JobRequest(id: id, ResolveJob(sessionID: "s1"), about: .importSession("s1"))
        return JobEnvelope(request: request, attempts: attempts)
    }

    /// Messages that the work queue still has for a new connection.
    func left() async throws -> Int {
        memory.cut()
        return try await memory.depth(of: WorkQueue.importResolve.rawValue)?.ready ?? 0
    }

    /// Returns when the worker hears signals: it looks once for its clock and once when it begins to listen.
    func listens() async throws {
        for _ in 0..<2 { _ = try await ledger.looks.next("the looks at the start") }
    }

    /// Returns when the worker has left the work queue.
    func consumerLeaves() async throws {
        try await eventually("the consumer's end") {
            try await memory.depth(of: WorkQueue.importResolve.rawValue)?.consumers == 0
        }
    }

    /// Returns when the worker has acknowledged something.
    func acknowledged() async throws {
        try await eventually("an acknowledgement") {
            try metrics.expectCounter(
                JobMetrics.Name.acked.rawValue, [("queue", WorkQueue.importResolve.rawValue)]
            ).totalValue > 0
        }
    }

    /// The dead letters of the work queue.
    func deadLetters() async throws -> [WireMessage] {
        let queue = WorkQueue.importResolve.deadLetterQueue
        let count = try await memory.depth(of: queue)?.ready ?? 0
        return try await Inbox(memory.subscribe(to: queue, prefetch: 100)).take(count).map(\.message)
    }
}

/// Runs a service while `body` runs, then shuts it down gracefully and waits until it has gone.
func runGracefully(_ service: some Service, while body: @escaping @Sendable () async throws -> Void) async throws {
    try await testGracefulShutdown { trigger in
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await service.run() }
            try await body()
            trigger.triggerGracefulShutdown()
            try await group.waitForAll()
        }
    }
}

/// A handler that does as a test says and tells what it was given.
struct ScriptedHandler: JobHandler {
    let handled = Signals<Job<ResolveJob>>()
    let abandoned = Signals<(job: Job<ResolveJob>, reason: String)>()
    private let script: @Sendable (Job<ResolveJob>) async throws -> Disposition

    init(_ script: @escaping @Sendable (Job<ResolveJob>) async throws -> Disposition) { self.script = script }

    func handle(_ job: Job<ResolveJob>) async throws -> Disposition {
        handled.send(job)
        return try await script(job)
    }

    func abandon(_ job: Job<ResolveJob>, because reason: String) async throws {
        abandoned.send((job, reason))
    }
}

/// Marks of applied jobs, and what was asked of the worker.
final class MemoryLedger: JobLedger, JobControl {
    private let applied = Mutex<Set<String>>([])
    private let cancelled = Mutex<Set<String>>([])
    private let paused = Mutex<Set<WorkQueue>>([])
    /// What was paused at each look of the worker.
    let looks = Signals<Set<WorkQueue>>()

    func setPaused(_ queues: Set<WorkQueue>) { paused.withLock { $0 = queues } }

    /// As the catalog does it: the job is marked, so that it is not run, and told to whoever runs it.
    func cancel(_ id: String) {
        mark(id)
        cancelled.withLock { _ = $0.insert(id) }
    }

    func pausedQueues() async throws -> Set<WorkQueue> {
        let queues = paused.withLock { $0 }
        looks.send(queues)
        return queues
    }

    func cancelledJobs(among ids: Set<String>) async throws -> Set<String> {
        cancelled.withLock { $0 }.intersection(ids)
    }

    func mark(_ id: String) { applied.withLock { _ = $0.insert(id) } }

    /// Who has each leased job; a test ends a lease, time does not.
    private let leases = Mutex<[String: String]>([:])
    private let checkpoints = Mutex<[String: Data]>([:])

    func standing(of jobID: String) async throws -> JobStanding {
        if applied.withLock({ $0.contains(jobID) }) { return .applied }
        if leases.withLock({ $0[jobID] }) != nil { return .leased }
        return .open(checkpoint: checkpoints.withLock { $0[jobID] })
    }

    func lease(_ jobID: String, to holder: String, seconds: Int) async throws -> Bool {
        leases.withLock { leases in
            guard leases[jobID, default: holder] == holder else { return false }
            leases[jobID] = holder
            return true
        }
    }

    func endLease(of jobID: String, by holder: String) async throws {
        leases.withLock { leases in
            if leases[jobID] == holder { leases[jobID] = nil }
        }
    }

    /// As its time does.
    func endLease(of jobID: String) { leases.withLock { _ = $0.removeValue(forKey: jobID) } }

    func save(checkpoint: Data, of jobID: String, by holder: String) async throws {
        if leases.withLock({ $0[jobID, default: holder] }) != holder { throw LeaseLost(jobID: jobID) }
        checkpoints.withLock { $0[jobID] = checkpoint }
    }
}
