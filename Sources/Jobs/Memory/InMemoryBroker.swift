import Synchronization

/// A broker within the process, for tests and for machines without one. It keeps the promises of `Broker` as
/// RabbitMQ does (`Tests/JobsConformance` holds both to them) and loses everything when the process ends.
package final class InMemoryBroker: Broker {
    private typealias Next = CheckedContinuation<Delivery?, any Error>

    private struct Core {
        var state = BrokerState()
        /// Of each consumer, the tasks that wait for a delivery.
        var waiting: [Int: [Next]] = [:]
        var timers: [Int: Task<Void, Never>] = [:]
    }

    private let core = Mutex(Core())
    private let clock: any Clock<Duration>

    /// A broker with this topology.
    /// - Parameter clock: times the delay queues.
    package init(topology: TopologyDefinition, clock: any Clock<Duration> = ContinuousClock()) {
        self.clock = clock
        declare(topology)
    }

    deinit {
        for timer in core.withLock({ $0.timers.values }) { timer.cancel() }
    }

    // MARK: The port

    package func publish(_ messages: [OutboundMessage]) async throws(BrokerError) {
        if let message = messages.first(where: { !$0.hasCarriableNames })?.message {
            throw BrokerError(
                .unacceptable, "a name of the message is longer than 255 bytes: \((message.id ?? "").prefix(40))…")
        }
        let failure: BrokerError? = change { state in
            var failure: BrokerError?
            for message in messages {
                do throws(BrokerError) { try state.publish(message) } catch { failure = failure ?? error }
            }
            return failure
        }
        if let failure { throw failure }
    }

    package func subscribe(to queue: String, prefetch: Int) async throws(BrokerError) -> BrokerSubscription {
        try subscription { state throws(BrokerError) in try state.subscribe(to: queue, prefetch: prefetch) }
    }

    package func read(stream: String, from position: LogPosition) async throws(BrokerError) -> BrokerSubscription {
        try subscription { state throws(BrokerError) in try state.read(stream, from: position) }
    }

    package func listen(to exchange: String) async throws(BrokerError) -> BrokerSubscription {
        try subscription { state throws(BrokerError) in try state.listen(to: exchange) }
    }

    package func depth(of queue: String) async throws(BrokerError) -> QueueDepth? {
        change { $0.depth(of: queue) }
    }

    // MARK: What happens to brokers

    /// Declares what is not there yet, as applying the topology again does.
    package func declare(_ topology: TopologyDefinition) {
        change { $0.declare(topology) }
    }

    /// Deletes a queue or a stream under its consumers.
    package func deleteQueue(_ name: String) {
        change { $0.deleteQueue(name) }
    }

    /// Drops every connection. Consumers of queues go on by themselves; what was unsettled is delivered again, and
    /// settling it by the old delivery has no effect. Readers of streams end.
    package func cut() {
        change { $0.cut() }
    }

    // MARK: Carrying out

    private func subscription(
        _ begin: (inout BrokerState) throws(BrokerError) -> Int
    ) throws(BrokerError) -> BrokerSubscription {
        let outcome: Result<Int, BrokerError> = change { state in
            do throws(BrokerError) { return .success(try begin(&state)) } catch { return .failure(error) }
        }
        let consumer = ConsumerLife(id: try outcome.get(), broker: self)
        return BrokerSubscription(
            next: { try await consumer.next() },
            onCancel: { [weak consumer] in consumer?.cancel() })
    }

    /// Changes the state, then carries out what follows: deliveries to whoever waits, timers for what expires.
    private func change<Value: Sendable>(_ body: (inout BrokerState) -> Value) -> Value {
        let (value, wakeUps) = core.withLock { core in
            let value = body(&core.state)
            for expiry in core.state.expiring { core.timers[expiry.message] = timer(for: expiry, on: clock) }
            core.state.expiring = []
            var wakeUps: [(Next, Result<Delivery?, any Error>)] = []
            for id in core.state.awake {
                while let waiter = core.waiting[id]?.first, let outcome = outcome(of: core.state.step(id), for: id) {
                    core.waiting[id]?.removeFirst()
                    wakeUps.append((waiter, outcome))
                }
            }
            core.state.awake = []
            return (value, wakeUps)
        }
        for (waiter, outcome) in wakeUps { waiter.resume(with: outcome) }
        return value
    }

    fileprivate func next(for id: Int) async throws -> Delivery? {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let outcome: Result<Delivery?, any Error>? = core.withLock { core in
                    if let outcome = self.outcome(of: core.state.step(id), for: id) { return outcome }
                    if Task.isCancelled { return .success(nil) }
                    core.waiting[id, default: []].append(continuation)
                    return nil
                }
                if let outcome { continuation.resume(with: outcome) }
            }
        } onCancel: {
            cancel(id)
        }
    }

    fileprivate func cancel(_ id: Int) {
        change { $0.cancel(id) }
    }

    private func outcome(of step: BrokerState.Step, for id: Int) -> Result<Delivery?, any Error>? {
        switch step {
        case .wait: nil
        case .end: .success(nil)
        case .failure(let error): .failure(error)
        case .delivery(let tag, let message, let offset):
            .success(delivery(of: message, to: id, tag: tag, offset: offset))
        }
    }

    private func delivery(of stored: StoredMessage, to id: Int, tag: Int?, offset: Int64?) -> Delivery {
        var message = stored.message
        if tag != nil { message.headers[HeaderName.deliveryCount] = .integer(Int64(stored.deliveryCount)) }
        return Delivery(message: message, deliveryCount: stored.deliveryCount, offset: offset) {
            [weak self] settlement throws(BrokerError) in
            guard let tag else { return }
            self?.change { $0.settle(tag, of: id, settlement) }
        }
    }

    /// Sleeps until a message expires. The deadline counts from now, not from when the task begins.
    private func timer<C: Clock<Duration>>(for expiry: BrokerState.Expiry, on clock: C) -> Task<Void, Never> {
        let deadline = clock.now.advanced(by: expiry.delay)
        return Task { [weak self] in
            do { try await clock.sleep(until: deadline, tolerance: nil) } catch { return }
            self?.expire(expiry)
        }
    }

    private func expire(_ expiry: BrokerState.Expiry) {
        change { $0.expire(expiry) }
        core.withLock { $0.timers[expiry.message] = nil }
    }
}

/// A consumer for as long as somebody holds its deliveries; it is cancelled when nobody does.
private final class ConsumerLife: Sendable {
    private let id: Int
    private let broker: InMemoryBroker

    init(id: Int, broker: InMemoryBroker) {
        self.id = id
        self.broker = broker
    }

    deinit { broker.cancel(id) }

    func next() async throws -> Delivery? { try await broker.next(for: id) }

    func cancel() { broker.cancel(id) }
}
