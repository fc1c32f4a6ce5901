import Domain
import Foundation
import Jobs

/// The catalog of a simulation: what transactions leave, and nothing of how they are kept.
// SAFETY: only the simulation's thread touches it.
final class SimStore: @unchecked Sendable {
    /// A job that fans out into chunks and joins again, as an import does.
    struct Session {
        enum Status { case running, completed, failed, cancelled }

        let id: String
        let chunks: Int
        var status = Status.running
        var queued = 0
        var done: Set<Int> = []
        /// Planted: deliveries of chunks.
        var plainCount = 0
        var joins = 0
    }

    private struct Waiting {
        let entry: OutboxEntry
        var due: Duration
    }

    var sessions: [String: Session] = [:]
    /// Every job that was asked for, and the effects of each.
    private(set) var asked: [String: JobRequest] = [:]
    private(set) var effects: [String: Int] = [:]
    var marks: Set<String> = []
    private(set) var cancelled: Set<String> = []
    /// Jobs whose dead letter is recorded.
    private(set) var buried: Set<String> = []
    var paused: Set<WorkQueue> = []
    private var outbox: [Waiting] = []
    private var lastEntry: Int64 = 0
    private var lease: (owner: String, ends: Duration)?
    private var sequences: [String: Int64] = [:]
    private var pauses: [SimPause] = []
    private var leases: [String: (holder: String, ends: Duration)] = [:]
    private unowned let world: World

    init(world: World) { self.world = world }

    var outboxCount: Int { outbox.count }

    // MARK: Inside a transaction

    func enqueue(_ request: JobRequest) {
        guard asked[request.id] == nil else { return }
        asked[request.id] = request
        append(.job(request))
    }

    func tell(_ session: Session, finished: Bool) {
        let subject = Topic.importSession(session.id).description
        let sequence = (sequences[subject] ?? 0) + 1
        sequences[subject] = sequence
        append(
            .event(
                DomainEvent(
                    id: "\(subject)#\(sequence)", type: finished ? .importFinished : .importProgress, subject: subject,
                    sequence: sequence, time: "", traceparent: nil, data: Data("\(session.done.count)".utf8))))
    }

    /// False when the job's mark stands already.
    func mark(_ id: String) -> Bool {
        if world.bug == .noDeduplication { return true }
        return marks.insert(id).inserted
    }

    func bury(_ id: String) {
        buried.insert(id)
        marks.insert(id)
    }

    func effect(of id: String) { effects[id, default: 0] += 1 }

    func cancelJobs(of session: String) {
        let subject = Topic.importSession(session).description
        for (id, request) in asked where request.subject == subject && marks.insert(id).inserted {
            cancelled.insert(id)
        }
    }

    private func append(_ content: OutboxEntry.Content) {
        lastEntry += 1
        outbox.append(Waiting(entry: OutboxEntry(id: lastEntry, content: content), due: .zero))
        let woken = pauses
        pauses = []
        for pause in woken { pause.finish() }
    }

    /// Number of events that were told of a session.
    func sequence(of session: String) -> Int64 { sequences[Topic.importSession(session).description] ?? 0 }

    // MARK: What the relay asks

    func hold(_ owner: String, for seconds: Int) -> Bool {
        let now = world.clock.elapsed
        if let lease, lease.owner != owner, lease.ends > now { return false }
        lease = (owner, now + .seconds(seconds))
        return true
    }

    func release(_ owner: String) {
        if lease?.owner == owner { lease = nil }
    }

    func due(_ limit: Int) -> [OutboxEntry] {
        let now = world.clock.elapsed
        let heldEvent = outbox.first { $0.entry.isEvent && $0.due > now }?.entry.id ?? .max
        return outbox.filter { $0.due <= now && (!$0.entry.isEvent || $0.entry.id < heldEvent) }.prefix(limit)
            .map(\.entry)
    }

    func remove(_ ids: Set<Int64>) { outbox.removeAll { ids.contains($0.entry.id) } }

    func postpone(_ id: Int64, _ seconds: Int) {
        for position in outbox.indices where outbox[position].entry.id == id {
            outbox[position].due = world.clock.elapsed + .seconds(seconds)
        }
    }

    func putAgain(_ queues: Set<WorkQueue>) -> Int {
        let lost = asked.values.sorted { $0.id < $1.id }.filter { job in
            !marks.contains(job.id) && queues.contains(Topology.queue(for: job.type, interactive: job.interactive))
        }
        outbox.removeAll { entry in
            if case .job(let job) = entry.entry.content { lost.contains { $0.id == job.id } } else { false }
        }
        for job in lost { append(.job(job)) }
        return lost.count
    }

    // MARK: What the worker asks

    func standing(of job: String) -> JobStanding {
        if marks.contains(job) { return .applied }
        if let lease = leases[job], lease.ends > world.clock.elapsed { return .leased }
        return .open(checkpoint: nil)
    }

    func lease(_ job: String, _ holder: String, _ seconds: Int) -> Bool {
        let now = world.clock.elapsed
        guard !marks.contains(job) else { return false }
        if let lease = leases[job], lease.holder != holder, lease.ends > now { return false }
        leases[job] = (holder, now + .seconds(seconds))
        return true
    }

    func endLease(of job: String, by holder: String) {
        if leases[job]?.holder == holder { leases[job] = nil }
    }

    func waitForEntries(atMost limit: Duration) async {
        let pause = SimPause()
        pauses.append(pause)
        await pause.wait(on: world.clock, atMost: limit)
    }
}

/// A process's view of the store: it may crash before and after each transaction.
struct SimStoreHandle: OutboxStore, JobLedger, JobControl {
    let store: SimStore
    let life: Life
    let world: World

    func transaction<Value>(_ body: (SimStore) throws -> Value) async throws -> Value {
        try await life.point()
        let value = try body(store)
        try world.check()
        try await life.point()
        return value
    }

    func holdRelayLease(owner: String, seconds: Int) async throws -> Bool {
        try await transaction { $0.hold(owner, for: seconds) }
    }

    func releaseRelayLease(owner: String) async throws { try await transaction { $0.release(owner) } }
    func dueEntries(limit: Int) async throws -> [OutboxEntry] { try await transaction { $0.due(limit) } }
    func remove(_ ids: [Int64]) async throws { try await transaction { $0.remove(Set(ids)) } }
    func bury(_ entry: OutboxEntry, because reason: String) async throws { try await remove([entry.id]) }
    func postpone(_ id: Int64, seconds: Int) async throws { try await transaction { $0.postpone(id, seconds) } }
    func putAgain(jobsOf queues: Set<WorkQueue>) async throws -> Int {
        if world.bug == .lostQueueForgotten { return 0 }
        return try await transaction { $0.putAgain(queues) }
    }
    func waitForEntries(atMost limit: Duration) async { await store.waitForEntries(atMost: limit) }
    func eventLogIncarnation(lost: Bool) async throws -> String { "log" }
    func eventLogWasUsed() async throws -> Bool { false }

    func standing(of jobID: String) async throws -> JobStanding {
        try await transaction { world.bug == .noDeduplication ? .open(checkpoint: nil) : $0.standing(of: jobID) }
    }

    func lease(_ jobID: String, to holder: String, seconds: Int) async throws -> Bool {
        try await transaction { $0.lease(jobID, holder, seconds) }
    }

    func endLease(of jobID: String, by holder: String) async throws {
        try await transaction { $0.endLease(of: jobID, by: holder) }
    }

    // No job of the simulation has anything to keep.
    func save(checkpoint: Data, of jobID: String, by holder: String) async throws {}

    func pausedQueues() async throws -> Set<WorkQueue> { try await transaction { $0.paused } }

    func cancelledJobs(among ids: Set<String>) async throws -> Set<String> {
        try await transaction { $0.cancelled.intersection(ids) }
    }
}
