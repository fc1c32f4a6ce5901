import Domain
import Foundation
import Jobs
import JobsConformance
import Logging
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
    func whileWorking(concurrency: Int = 4, _ body: @escaping @Sendable () async throws -> Void) async throws {
        let queue = WorkerQueue(.importResolve, concurrency: concurrency, handler: handler)
        let worker = Worker(broker: broker, ledger: ledger, queues: [queue], logger: .quiet)
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

/// Marks of applied jobs.
final class MemoryLedger: JobLedger {
    private let applied = Mutex<Set<String>>([])

    func mark(_ id: String) { applied.withLock { _ = $0.insert(id) } }
    func isApplied(_ jobID: String) async throws -> Bool { applied.withLock { $0.contains(jobID) } }
}
