import Domain
import Foundation
import JobsConformance
import Logging
import TestSupport

@testable import Jobs

/// A broker, a store and some processes on one thread and one seed: the same seed is the same run.
// SAFETY: only the simulation's thread touches it.
final class World: @unchecked Sendable {
    /// What must not happen, and did.
    struct Violation: Error, CustomStringConvertible {
        let description: String
    }

    private static let stepLimit = 300_000
    /// Ten attempts a minute apart, and the crashes between them, are over long before.
    private static let timeLimit = Duration.seconds(3600)

    let bug: PlantedBug?
    let executor = SimExecutor()
    let clock = SimClock()
    private(set) lazy var broker = SimBroker(topology: topology, world: self)
    private(set) lazy var store = SimStore(world: self)
    private let topology: TopologyDefinition
    var generator: SeededGenerator
    private var lives: [Life] = []
    var tempers: [String: Temper] = [:]
    private var crashesLeft: Int
    private var lossesLeft: Int
    private var isEnding = false
    private var violation: Violation?
    private let watch = EventWatch()
    /// Steps taken until everything had ended.
    private(set) var steps = 0

    init(seed: UInt64, bug: PlantedBug?, topology: TopologyDefinition) {
        generator = SeededGenerator(state: seed)
        self.bug = bug
        self.topology = topology
        crashesLeft = Int.random(in: 0...4, using: &generator)
        lossesLeft = Int.random(in: 0...3, using: &generator)
    }

    // MARK: The run

    /// Runs until every session has ended and nothing is left to do.
    /// - Throws: `Violation` of the first invariant that does not hold.
    func run() throws {
        populate()
        start("one", hasRelay: true)
        start("two", hasRelay: true)
        while violation == nil, !isDone, steps < Self.stepLimit, clock.elapsed < Self.timeLimit {
            steps += 1
            guard executor.readyCount == 0 else {
                step()
                continue
            }
            guard clock.hasTimers else { break }
            clock.advance()
        }
        if violation == nil, !isDone { violation = Violation(description: "it does not end: \(standing)") }
        if violation == nil { conclude() }
        end()
        if let violation { throw violation }
    }

    private var isDone: Bool {
        // The cheapest question first: this is asked at every step.
        store.outboxCount == 0 && !store.sessions.isEmpty
            && store.sessions.values.allSatisfy { $0.status != .running }
            && broker.unfinished == 0 && broker.hasEveryQueue
    }

    private var standing: String {
        "\(store.outboxCount) in the outbox, \(broker.unfinished) in queues, after \(clock.elapsed), sessions "
            + store.sessions.values.map { "\($0.id) \($0.status) \($0.done.count) of \($0.chunks)" }.sorted()
            .joined(separator: ", ")
    }

    /// Ends every task, so that ten thousand runs leave nothing behind.
    private func end() {
        isEnding = true
        for life in lives { kill(life) }
        var steps = 0
        while executor.readyCount > 0, steps < Self.stepLimit {
            steps += 1
            step()
        }
    }

    private func step() { executor.step(Int.random(in: 0..<executor.readyCount, using: &generator)) }

    func temper(of job: String) -> Temper { tempers[job] ?? .fine }

    // MARK: Processes

    private func start(_ name: String, hasRelay: Bool) {
        let life = Life(name, hasRelay: hasRelay, world: self)
        lives.append(life)
        let handle = SimStoreHandle(store: store, life: life, world: self)
        let connection = SimConnection(broker: broker, life: life, world: self)
        let worker = Worker(
            broker: connection, ledger: handle, control: handle,
            queues: SimHandlers(store: handle, life: life, world: self).queues(),
            terms: LeaseTerms(
                handOnAfter: bug == .longJobsKept ? .seconds(100_000) : SimBroker.consumerTimeout * 2 / 3,
                lease: .seconds(9)),
            clock: clock, logger: .silent)
        let relay = OutboxRelay(store: handle, broker: connection, logger: .silent)
        let recorder = SimRecorder(store: handle, broker: connection, logger: .silent)
        let (broker, topology) = (broker, topology)
        let keeper = QueueKeeper(
            broker: connection, store: handle,
            declare: { _ in
                try await life.brokerPoint()
                try broker.change { $0.declare(topology) }
            }, logger: .silent)
        Surroundings.$current.withValue(surroundings) {
            life.task = Task(executorPreference: executor) {
                await withTaskGroup(of: Void.self) { group in
                    group.addTask { try? await worker.run() }
                    if hasRelay {
                        group.addTask { try? await relay.run() }
                        group.addTask { try? await keeper.run() }
                        group.addTask { await recorder.run() }
                    }
                }
            }
        }
    }

    private var surroundings: Surroundings {
        Surroundings(
            now: { [self] in clock.elapsed },
            date: { [self] in Date(timeIntervalSince1970: clock.elapsed / .seconds(1)) },
            sleep: { [self] in try await clock.sleep(for: $0) },
            random: { [self] in Int.random(in: $0, using: &generator) })
    }

    /// `kill -9`; the process comes back after a while.
    func kill(_ life: Life) {
        guard !life.isDead else { return }
        life.isDead = true
        life.task?.cancel()
        try? broker.change { $0.lose(life.consumers, forGood: true) }
        lives.removeAll { $0 === life }
        guard !isEnding else { return }
        clock.after(.milliseconds(Int.random(in: 1...3000, using: &generator))) { [self] in
            if !isEnding { start(life.name, hasRelay: life.hasRelay) }
        }
    }

    func life(of consumer: Int) -> Life? { lives.first { $0.consumers.contains(consumer) } }

    func mayCrash() -> Bool {
        guard !isEnding, crashesLeft > 0, Int.random(in: 0..<150, using: &generator) == 0 else { return false }
        crashesLeft -= 1
        return true
    }

    func mayLose() -> Bool {
        guard !isEnding, lossesLeft > 0, Int.random(in: 0..<40, using: &generator) == 0 else { return false }
        lossesLeft -= 1
        return true
    }

    func chance(_ one: Int) -> Bool { Int.random(in: 0..<one, using: &generator) == 0 }

    // MARK: What must hold

    /// The broker has taken a message.
    func published(_ message: OutboundMessage) {
        if let fault = watch.saw(message) { violate(fault) }
    }

    func violate(_ what: String) { violation = violation ?? Violation(description: what) }

    /// What must hold after every transaction.
    func check() throws {
        if let (id, count) = store.effects.first(where: { $0.value > 1 }) {
            violate("job \(id) had its effect \(count) times")
        }
        for session in store.sessions.values {
            if session.joins > 1 { violate("session \(session.id) joined \(session.joins) times") }
            if session.queued - session.done.count > SimHandlers.chunksInFlight, bug == nil {
                violate("session \(session.id) has \(session.queued - session.done.count) chunks under way")
            }
            if session.status == .completed, session.done.count != session.chunks {
                violate("session \(session.id) completed with \(session.done.count) of \(session.chunks) chunks")
            }
        }
        if store.outboxCount > 200 { violate("\(store.outboxCount) entries in the outbox") }
        if let violation { throw violation }
    }

    /// What must hold at the end.
    private func conclude() {
        let dead = store.buried
        for (id, _) in store.asked where !store.marks.contains(id) && bug != .noDeduplication {
            violate("job \(id) is lost: it has neither its effect nor a dead letter")
        }
        for session in store.sessions.values where session.status == .failed {
            if !dead.contains(where: { $0.hasPrefix(session.id + ":") }) {
                violate("session \(session.id) failed and no dead letter says why")
            }
        }
        let hasPoison = tempers.values.contains { if case .poisonous = $0 { true } else { false } }
        for session in store.sessions.values where session.status == .failed && !hasPoison {
            let deserved = tempers.contains { id, temper in
                if case .hopeless = temper { id.hasPrefix(session.id + ":") } else { false }
            }
            if !deserved { violate("session \(session.id) failed although every job of it could be done") }
        }
        for session in store.sessions.values {
            if let fault = watch.fault(atEndOf: session, told: store.sequence(of: session.id)) { violate(fault) }
        }
    }
}

extension Logger {
    /// Says nothing.
    fileprivate static var silent: Logger { Logger(label: "simulation") { _ in SwiftLogNoOpLogHandler() } }
}
