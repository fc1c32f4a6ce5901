import Domain
import Foundation
import Jobs
import JobsAMQP
import Logging
import ServiceLifecycle
import Synchronization

/// What the job runtime adds to a broker: publishes jobs with confirms, runs them through the worker with a handler that
/// has no effect, and measures both. `Benchmarks/jobs/run` starts the broker and prints it beside the peers.
enum Throughput {
    /// Prints the rates of publishing and consuming, and the time from a publish to its handler.
    /// - Parameter phase: `publish` or `consume` alone, for a profiler; nil for everything.
    static func run(
        _ settings: BenchSettings, _ broker: AMQPBroker, _ logger: Logger, phase: String?
    ) async throws {
        if phase != "consume" { try await publish(settings.messages, settings.window, broker) }
        if phase != "publish" { try await consume(settings.messages, settings.window, broker, logger) }
        if phase == nil { try await latency(broker, logger) }
    }

    /// 1 KiB, as the peers send it. Like theirs it is made once: what counts is the runtime's part.
    private static let payload = Data(#"{"sessionID":"\#(String(repeating: "x", count: 1007))"}"#.utf8)

    static func job(_ number: Int) -> OutboundMessage {
        let request = JobRequest(
            id: "bench-\(number)", type: .resolve, subject: "import:bench", interactive: false, traceparent: nil,
            data: payload)
        return JobEnvelope(request: request).outbound
    }

    /// Ten batches under way, as the relay's and the workers' publishes are.
    private static func publish(_ count: Int, _ window: Int, _ broker: AMQPBroker) async throws {
        let start = ContinuousClock.now
        let batch = max(1, window / 10)
        try await withThrowingTaskGroup(of: Void.self) { group in
            var begun = 0
            while begun < count {
                let end = min(count, begun + batch)
                let messages = (begun..<end).map(job)
                begun = end
                if begun > 10 * batch { try await group.next() }
                group.addTask { try await broker.publish(messages) }
            }
            try await group.waitForAll()
        }
        report("publish", count, ContinuousClock.now - start)
    }

    private static func consume(_ count: Int, _ window: Int, _ broker: AMQPBroker, _ logger: Logger) async throws {
        let ledger = BenchLedger()
        let handler = CountingHandler(ledger: ledger, goal: count)
        let start = ContinuousClock.now
        try await working(broker, ledger, handler, window, logger) { await handler.wait() }
        report("consume", count, ContinuousClock.now - start)
    }

    /// From a publish to the beginning of its handler, one at a time.
    private static func latency(_ broker: AMQPBroker, _ logger: Logger) async throws {
        let ledger = BenchLedger()
        let (starts, teller) = AsyncStream.makeStream(of: ContinuousClock.Instant.self)
        let handler = StampingHandler(ledger: ledger, teller: teller)
        try await working(broker, ledger, handler, 1, logger) {
            var iterator = starts.makeAsyncIterator()
            var milliseconds: [Double] = []
            for number in 0..<1000 {
                let begin = ContinuousClock.now
                try await broker.publish([job(10_000_000 + number)])
                guard let start = await iterator.next() else { return }
                milliseconds.append((start - begin) / .milliseconds(1))
            }
            milliseconds.sort()
            print(
                "latency p50 \(round(milliseconds[500] * 100) / 100) ms, p99 \(round(milliseconds[990] * 100) / 100) ms"
            )
        }
    }

    private static func working<Handler: JobHandler>(
        _ broker: AMQPBroker, _ ledger: BenchLedger, _ handler: Handler, _ concurrency: Int, _ logger: Logger,
        _ body: @Sendable @escaping () async throws -> Void
    ) async throws where Handler.Payload == ResolveJob {
        let worker = Worker(
            broker: broker, ledger: ledger, control: ledger,
            queues: [WorkerQueue(.importResolve, concurrency: concurrency, handler: handler)], logger: logger)
        let services = ServiceGroup(services: [worker], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await services.run() }
            try await body()
            await services.triggerGracefulShutdown()
            try await group.waitForAll()
        }
    }

    private static func report(_ what: String, _ count: Int, _ duration: Duration) {
        print("\(what) \(count) in \(duration): \(Int(Double(count) / (duration / .seconds(1)))) /s")
    }
}

/// Marks in memory: what the runtime costs without a catalog.
final class BenchLedger: JobLedger, JobControl {
    private let marks = Mutex<Set<String>>([])

    /// False when the job had its effect before.
    func mark(_ id: String) -> Bool { marks.withLock { $0.insert(id).inserted } }

    func standing(of jobID: String) async throws -> JobStanding {
        marks.withLock { $0.contains(jobID) } ? .applied : .open(checkpoint: nil)
    }

    // No job of the benchmark is long.
    func lease(_ jobID: String, to holder: String, seconds: Int) async throws -> Bool { true }
    func endLease(of jobID: String, by holder: String) async throws {}
    func save(checkpoint: Data, of jobID: String, by holder: String) async throws {}
    func pausedQueues() async throws -> Set<WorkQueue> { [] }
    func cancelledJobs(among ids: Set<String>) async throws -> Set<String> { [] }
}

private final class CountingHandler: JobHandler {
    private let ledger: BenchLedger
    private let left: Atomic<Int>
    private let done: AsyncStream<Void>
    private let finish: AsyncStream<Void>.Continuation

    init(ledger: BenchLedger, goal: Int) {
        self.ledger = ledger
        left = Atomic(goal)
        (done, finish) = AsyncStream.makeStream()
    }

    func handle(_ job: Job<ResolveJob>) async throws -> Disposition {
        if ledger.mark(job.id), left.subtract(1, ordering: .relaxed).newValue == 0 { finish.finish() }
        return .done
    }

    func abandon(_ job: Job<ResolveJob>, because reason: String) async throws {}

    func wait() async { for await _ in done {} }
}

private struct StampingHandler: JobHandler {
    let ledger: BenchLedger
    let teller: AsyncStream<ContinuousClock.Instant>.Continuation

    func handle(_ job: Job<ResolveJob>) async throws -> Disposition {
        teller.yield(.now)
        _ = ledger.mark(job.id)
        return .done
    }

    func abandon(_ job: Job<ResolveJob>, because reason: String) async throws {}
}
