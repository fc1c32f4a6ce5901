import Domain

@testable import Jobs

/// The broker of a simulation: the in-memory broker's state, on the simulation's thread and clock.
// SAFETY: only the simulation's thread touches it.
final class SimBroker: @unchecked Sendable {
    /// How long a delivery may stay unacknowledged before the broker closes its channel.
    static let consumerTimeout = Duration.seconds(15)

    private(set) var state = BrokerState()
    private var waiting: [Int: [CheckedContinuation<Delivery?, any Error>]] = [:]
    private unowned let world: World

    init(topology: TopologyDefinition, world: World) {
        self.world = world
        state.declare(topology)
    }

    /// Changes the state, then wakes who waits and times what expires.
    func change<Value>(_ body: (inout BrokerState) throws(BrokerError) -> Value) throws(BrokerError) -> Value {
        defer { settleDown() }
        return try body(&state)
    }

    private func settleDown() {
        for expiry in state.expiring {
            world.clock.after(expiry.delay) { [weak self] in
                self?.state.expire(expiry)
                self?.settleDown()
            }
        }
        state.expiring = []
        let awake = state.awake.sorted()
        state.awake = []
        for id in awake {
            while let waiter = waiting[id]?.first, let outcome = outcome(of: state.step(id), id) {
                waiting[id]?.removeFirst()
                waiter.resume(with: outcome)
            }
        }
    }

    func next(for id: Int, of life: Life) async throws -> Delivery? {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                if let outcome = outcome(of: state.step(id), id) { return continuation.resume(with: outcome) }
                if Task.isCancelled || life.isDead { return continuation.resume(returning: nil) }
                waiting[id, default: []].append(continuation)
            }
        } onCancel: {
            // It is cancelled with its process, and so is whoever waits beside it.
            for waiter in waiting.removeValue(forKey: id) ?? [] { waiter.resume(returning: nil) }
        }
    }

    private func outcome(of step: BrokerState.Step, _ id: Int) -> Result<Delivery?, any Error>? {
        switch step {
        case .wait: nil
        case .end: .success(nil)
        case .failure(let error): .failure(error)
        case .delivery(let tag, let message, let offset):
            .success(delivery(message, tag, offset, to: id))
        }
    }

    private func delivery(_ stored: StoredMessage, _ tag: Int?, _ offset: Int64?, to id: Int) -> Delivery {
        let life = world.life(of: id)
        if let tag, let life {
            world.clock.after(Self.consumerTimeout) { [weak self] in
                guard let self, !life.isDead, state.consumers[id]?.unsettled[tag] != nil else { return }
                world.violate("a job was at the mercy of the broker's consumer timeout")
                try? change { $0.lose(life.consumers, forGood: false) }
            }
        }
        return Delivery(message: stored.message, deliveryCount: stored.deliveryCount, offset: offset) {
            [weak self] settlement throws(BrokerError) in
            guard let self, let tag, let life else { return }
            try await life.brokerPoint()
            // The connection breaks under an ack: the client cannot tell, the broker delivers again.
            if world.mayLose() { return try change { $0.lose(life.consumers, forGood: false) } }
            try change { $0.settle(tag, of: id, settlement) }
            try await life.brokerPoint()
        }
    }

    /// Whether nothing is left to be declared again, and put again.
    var hasEveryQueue: Bool { LostQueues.expected.allSatisfy { state.depth(of: $0) != nil } }

    /// Everything that is ready or in hand in the work, delay and dead-letter queues.
    var unfinished: Int { LostQueues.expected.reduce(0) { $0 + state.held(by: $1) } }
}

/// A process's view of the broker.
struct SimConnection: Broker {
    let broker: SimBroker
    let life: Life
    let world: World

    func publish(_ messages: [OutboundMessage]) async throws(BrokerError) {
        if world.bug == .retryAckedBeforeConfirm, messages.contains(where: { DelayQueue(rawValue: $0.exchange) != nil })
        {
            // Written to a socket, and taken for stored.
            let (world, life, broker) = (world, life, broker)
            world.clock.after(.milliseconds(5)) {
                guard !life.isDead else { return }
                for message in messages {
                    try? broker.change { state throws(BrokerError) in try state.publish(message) }
                }
            }
            return
        }
        try await life.brokerPoint()
        if world.mayLose() { try loseConnection() }
        var failure: BrokerError?
        for message in messages {
            do throws(BrokerError) {
                try broker.change { state throws(BrokerError) in try state.publish(message) }
                world.published(message)
            } catch { failure = failure ?? error }
        }
        try await life.brokerPoint()
        // The broker has them, and the confirm is lost.
        if world.mayLose() { try loseConnection() }
        if let failure { throw failure }
    }

    private func loseConnection() throws(BrokerError) {
        try broker.change { $0.lose(life.consumers, forGood: false) }
        throw BrokerError(.unavailable, "the connection was cut")
    }

    func subscribe(to queue: String, prefetch: Int) async throws(BrokerError) -> BrokerSubscription {
        try await consume { state throws(BrokerError) in try state.subscribe(to: queue, prefetch: prefetch) }
    }

    func read(stream: String, from position: LogPosition) async throws(BrokerError) -> BrokerSubscription {
        try await consume { state throws(BrokerError) in try state.read(stream, from: position) }
    }

    func listen(to exchange: String) async throws(BrokerError) -> BrokerSubscription {
        try await consume { state throws(BrokerError) in try state.listen(to: exchange) }
    }

    private func consume(
        _ begin: (inout BrokerState) throws(BrokerError) -> Int
    ) async throws(BrokerError) -> BrokerSubscription {
        try await life.brokerPoint()
        let id = try broker.change(begin)
        life.consumers.insert(id)
        let (broker, life) = (broker, life)
        return BrokerSubscription(
            next: {
                let delivery = try await broker.next(for: id, of: life)
                if broker.acksEarly, let delivery { try await delivery.ack() }
                return delivery
            },
            onCancel: { try? broker.change { $0.cancel(id) } })
    }

    func depth(of queue: String) async throws(BrokerError) -> QueueDepth? {
        try await life.brokerPoint()
        return broker.state.depth(of: queue)
    }
}

extension SimBroker {
    /// Planted: what is delivered counts as done.
    fileprivate var acksEarly: Bool { world.bug == .ackBeforeApply }
}
