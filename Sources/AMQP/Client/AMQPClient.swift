public import Logging
public import NIOCore
import NIOSSL
import Synchronization

/// An AMQP 0-9-1 client: three connections (publishing, consuming, administration) that come back when they are lost.
///
/// Nothing connects until `run()` runs. Calls made while there is no connection wait for one until their deadline
/// (`publishTimeout`, `requestTimeout`), then throw `notConnected`. The event loop group has to outlive the client and
/// its consumers.
public final class AMQPClient: Sendable {
    /// What is done each time the administration connection opens, the first time included: declare what has to exist.
    public typealias Topology = @Sendable (AMQPClient) async throws -> Void

    let configuration: AMQPConfiguration
    let logger: Logger
    let counters = StatisticsCounters()
    let states = ConnectionStates()
    let mailbox: PublishMailbox
    let publisher: NIOLoopBoundBox<Publisher>
    let consuming: NIOLoopBoundBox<ConsumingSide>
    let administrator: NIOLoopBoundBox<Administrator>
    let publishLoop: any EventLoop
    let consumeLoop: any EventLoop
    let administrationLoop: any EventLoop
    let administrationRequests = Atomic(0)
    let idPrefix = String(UInt64.random(in: .min ... .max), radix: 36)
    private let topology: Topology?
    private let sslContext: NIOSSLContext?
    private let hasRun = Mutex(false)
    private let stopSignal: (stream: AsyncStream<Never>, continuation: AsyncStream<Never>.Continuation)

    /// A client that `run()` will connect. Throws `invalidConfiguration`.
    public init(
        configuration: AMQPConfiguration, eventLoopGroup: any EventLoopGroup,
        logger: Logger = Logger(label: "amqp"), topology: Topology? = nil
    ) throws(AMQPError) {
        try configuration.validate()
        do {
            sslContext = try configuration.tls.map { try NIOSSLContext(configuration: $0.refusingOldVersions) }
        } catch {
            throw AMQPError(
                .invalidConfiguration, "The TLS configuration is unusable: can every file that it names be read?",
                cause: error)
        }
        self.configuration = configuration
        self.logger = logger
        self.topology = topology
        stopSignal = AsyncStream.makeStream(of: Never.self)
        mailbox = PublishMailbox(
            maximumMessages: configuration.maximumWaitingPublishes, maximumBytes: configuration.maximumWaitingBytes)
        publishLoop = eventLoopGroup.next()
        consumeLoop = eventLoopGroup.next()
        administrationLoop = eventLoopGroup.next()

        let (states, counters) = (states, counters)
        func endpoint(_ role: AMQPConnectionRole, _ loop: any EventLoop) -> ConnectionEndpoint {
            ConnectionEndpoint(role: role, eventLoop: loop, states: states, counters: counters, logger: logger)
        }
        publisher = .makeBoxSendingValue(
            try Publisher(
                endpoint: endpoint(.publishing, publishLoop), mailbox: mailbox, counters: counters,
                configuration: configuration, logger: logger), eventLoop: publishLoop)
        consuming = .makeBoxSendingValue(
            ConsumingSide(
                endpoint: endpoint(.consuming, consumeLoop), configuration: configuration, counters: counters,
                logger: logger), eventLoop: consumeLoop)
        administrator = .makeBoxSendingValue(
            try Administrator(
                endpoint: endpoint(.administration, administrationLoop), configuration: configuration),
            eventLoop: administrationLoop)
    }

    /// Keeps the connections alive until `shutdown()`, or until the task is cancelled: then they are closed at once, and
    /// publishes without a confirm fail. Runs once.
    public func run() async {
        let isFirst = hasRun.withLock { hasRun in
            defer { hasRun = true }
            return !hasRun
        }
        guard isFirst else {
            logger.error("run() was called twice on an AMQP client; the second call does nothing")
            return
        }
        await withTaskGroup(of: Bool.self) { group in
            group.addTask { await self.supervise(.publishing, self.publisher, self.publishLoop) }
            group.addTask { await self.supervise(.consuming, self.consuming, self.consumeLoop) }
            group.addTask { await self.supervise(.administration, self.administrator, self.administrationLoop) }
            group.addTask { await self.keepTopology() }
            group.addTask {
                for await _ in self.stopSignal.stream {}
                return true
            }
            for await isStop in group where isStop { group.cancelAll() }
        }
        mailbox.close()
        // What slipped in between.
        let publisher = publisher
        publishLoop.execute { publisher.value.close() }
        states.finish()
    }

    /// Ends in good order: consumers are cancelled, publishes under way get their confirm or reach their deadline, then
    /// the connections are closed. What consumers still have in hand comes again elsewhere: settle it before.
    public func shutdown() async {
        mailbox.close()
        let consuming = consuming
        consumeLoop.execute { consuming.value.cancelAll() }
        if hasRun.withLock({ $0 }) { await mailbox.waitUntilIdle() }
        stopSignal.continuation.finish()
        if !hasRun.withLock({ $0 }) { states.finish() }
        for await _ in states.follow() {}
    }

    /// Returns when all three connections are open. Throws at once when the broker refuses user or virtual host, and
    /// otherwise the last failure when `timeout` (by default the configured connect timeout) has passed.
    public func waitUntilConnected(timeout: Duration? = nil) async throws(AMQPError) {
        let timeout = timeout ?? configuration.connectTimeout
        let failure = await withTaskGroup(of: AMQPError?.self) { group in
            group.addTask { await self.firstVerdict() }
            group.addTask {
                do { try await Task.sleep(for: timeout) } catch { return .cancelled }
                return self.lastFailure() ?? AMQPError(.notConnected, "Not connected to the broker after \(timeout).")
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
        if let failure { throw failure }
    }

    /// How one of the connections stands now.
    public func state(of role: AMQPConnectionRole) -> AMQPConnectionState { states.get(role) }

    /// Every change from now on, beginning with the present states; ends with the client. A follower that falls more than
    /// 64 changes behind loses the oldest.
    public func stateChanges() -> AsyncStream<AMQPConnectionChange> { states.follow() }

    /// Counters since the client was made.
    public var statistics: AMQPStatistics { counters.snapshot }

    private func supervise<Side: ConnectionSide>(
        _ role: AMQPConnectionRole, _ side: NIOLoopBoundBox<Side>, _ eventLoop: any EventLoop
    ) async -> Bool {
        let supervisor = ConnectionSupervisor(
            role: role, side: side, eventLoop: eventLoop, configuration: configuration, sslContext: sslContext,
            states: states, logger: logger)
        await supervisor.run()
        return false
    }

    private func keepTopology() async -> Bool {
        guard let topology else { return false }
        for await change in states.follow() where change.role == .administration {
            guard case .connected = change.state else { continue }
            do {
                try await topology(self)
            } catch {
                logger.error("declaring the topology failed", metadata: ["reason": "\(error)"])
            }
        }
        return false
    }

    /// Nil when all connections are open.
    private func firstVerdict() async -> AMQPError? {
        var open: Set<AMQPConnectionRole> = []
        for await change in states.follow() {
            switch change.state {
            case .connected, .blocked: open.insert(change.role)
            case .disconnected(let reason):
                open.remove(change.role)
                if let reason, [.refusedCredentials, .refusedVirtualHost].contains(reason.code) { return reason }
            case .closed: return .clientClosed
            }
            if open.count == AMQPConnectionRole.allCases.count { return nil }
        }
        return Task.isCancelled ? .cancelled : .clientClosed
    }

    private func lastFailure() -> AMQPError? {
        for role in AMQPConnectionRole.allCases {
            if case .disconnected(let reason?) = states.get(role) { return reason }
        }
        return nil
    }
}
