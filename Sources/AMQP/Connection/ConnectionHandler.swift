import Logging
import NIOCore

/// One TCP connection: bytes to frames, frames to their owners, actions to bytes, heartbeats.
///
/// What it decides is decided by `ConnectionStateMachine` and `HeartbeatMonitor`. Outgoing frames gather in one buffer
/// that is written once per flush.
final class ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let endpoint: ConnectionEndpoint
    private let configuration: AMQPConfiguration
    private let finished: EventLoopPromise<AMQPError>
    private var machine: ConnectionStateMachine
    private var reader: FrameReader
    private var writer: FrameWriter
    private var outbound = ByteBuffer()
    private var context: ChannelHandlerContext?
    private var heartbeat: HeartbeatMonitor?
    private var timers: [Scheduled<Void>] = []
    private var heartbeatTask: RepeatedTask?
    private var isReading = false
    private var hasStarted = false
    private var hasFinished = false
    private var failure: AMQPError?
    private(set) var limits = ConnectionStateMachine.Limits(channelMax: 1, frameMax: 4096, heartbeatSeconds: 0)
    private(set) var blockedReason: String?

    /// `finished` is told, once, why the connection ended.
    init(endpoint: ConnectionEndpoint, configuration: AMQPConfiguration, finished: EventLoopPromise<AMQPError>) {
        self.endpoint = endpoint
        self.configuration = configuration
        self.finished = finished
        machine = ConnectionStateMachine(
            configuration: configuration,
            connectionName: "\(configuration.connectionName) \(endpoint.role.rawValue)")
        reader = FrameReader(maximumFrameSize: configuration.frameMax)
        writer = FrameWriter(maximumFrameSize: configuration.frameMax)
    }

    // MARK: Channel events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        endpoint.started(self)
        let deadline = context.loopBound.execute(after: TimeAmount(configuration.connectTimeout)) { [weak self] in
            guard let self, !machine.isOpen else { return }
            fail(
                AMQPError(
                    .notConnected,
                    "\(configuration.host):\(configuration.port) did not finish the AMQP handshake within "
                        + "\(configuration.connectTimeout)."))
        }
        timers.append(deadline)
        if context.channel.isActive { start(context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        finish()
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        start(context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if failure == nil {
            failure =
                machine.isOpen
                ? AMQPError(.connectionLost, "The connection to the broker broke.", cause: error)
                : AMQPError(
                    .notConnected, "The connection to \(configuration.host):\(configuration.port) failed: \(error).",
                    cause: error)
        }
        context.close(promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard failure == nil else { return }
        isReading = true
        heartbeat?.didRead(.now())
        reader.append(unwrapInboundIn(data))
        do throws(AMQPError) {
            while failure == nil, let frame = try reader.next() { try route(frame) }
        } catch {
            fail(error)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReading = false
        endpoint.readCompleted()
        flush()
        context.fireChannelReadComplete()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { endpoint.sendingConditionsChanged() }
        context.fireChannelWritabilityChanged()
    }

    // MARK: Sending

    var isWritable: Bool { context?.channel.isWritable ?? false }

    /// Where the outgoing buffer stands, so that a batch that turns out impossible can be taken back.
    var mark: Int { outbound.writerIndex }

    func rollback(to mark: Int) { outbound.moveWriterIndex(to: mark) }

    func send(_ method: ClientMethod, channel: UInt16) {
        do throws(AMQPError) {
            try writer.write(method, channel: channel, into: &outbound)
        } catch {
            fail(error)
        }
    }

    func send(_ message: AMQPMessage, messageID: String, channel: UInt16) throws(AMQPError) {
        try writer.write(message, messageID: messageID, channel: channel, into: &outbound)
    }

    /// Writes what has gathered; while a read is being worked through, little waits for its end.
    func flush() {
        guard outbound.readableBytes > 0, let context, !isReading || outbound.readableBytes > 1 << 20 else { return }
        let bytes = outbound
        outbound = context.channel.allocator.buffer(capacity: min(bytes.readableBytes, 65_536))
        heartbeat?.didWrite(.now())
        context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
    }

    // MARK: Ending

    /// Says goodbye to the broker; the socket closes when it answers, or after two seconds.
    func beginClose() {
        perform(machine.beginClose())
        flush()
        guard let context else { return }
        timers.append(context.loopBound.execute(after: .seconds(2)) { [weak self] in self?.fail(.clientClosed) })
    }

    /// Ends the connection because of an error.
    func fail(_ error: AMQPError) {
        if failure == nil { failure = error }
        context?.close(promise: nil)
    }

    private func finish() {
        guard !hasFinished else { return }
        hasFinished = true
        timers.forEach { $0.cancel() }
        timers = []
        heartbeatTask?.cancel()
        heartbeatTask = nil
        let silent = machine.transportClosed()
        let reason = failure ?? silent
        failure = reason
        endpoint.closed(self, reason)
        finished.succeed(reason)
    }

    // MARK: Channel 0

    private func start(_ context: ChannelHandlerContext) {
        guard !hasStarted else { return }
        hasStarted = true
        context.writeAndFlush(wrapOutboundOut(FrameWriter.protocolHeader), promise: nil)
    }

    private func route(_ frame: Frame) throws(AMQPError) {
        switch frame {
        case .heartbeat: return
        case .method(0, let method): perform(try machine.receive(method))
        case .method(let channel, _), .header(let channel, _, _), .body(let channel, _):
            guard machine.isOpen || channel != 0 else { throw .violation("a message on channel 0") }
            try endpoint.receive(frame, channel: channel)
        }
    }

    private func perform(_ actions: [ConnectionStateMachine.Action]) {
        for action in actions {
            switch action {
            case .send(let method): send(method, channel: 0)
            case .apply(let limits):
                self.limits = limits
                reader.maximumFrameSize = limits.frameMax
                writer.maximumFrameSize = limits.frameMax
                startHeartbeat(limits.heartbeatSeconds)
            case .opened:
                endpoint.opened(self)
            case .blocked(let reason):
                blockedReason = reason
                endpoint.blockedChanged(reason)
            case .unblocked:
                blockedReason = nil
                endpoint.blockedChanged(nil)
            case .closeSocket(let error):
                // Before the flush: writing to a socket that is gone already ends the connection on the spot.
                if failure == nil { failure = error }
                isReading = false
                flush()
                fail(error)
            }
        }
    }

    private func startHeartbeat(_ seconds: Int) {
        guard seconds > 0, let context else { return }
        let monitor = HeartbeatMonitor(intervalSeconds: seconds, now: .now())
        heartbeat = monitor
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        heartbeatTask = context.eventLoop.scheduleRepeatedTask(initialDelay: monitor.tick, delay: monitor.tick) { _ in
            bound.value.heartbeatTick()
        }
    }

    private func heartbeatTick() {
        switch heartbeat?.verdict(.now()) {
        case .dead:
            fail(
                AMQPError(
                    .connectionLost,
                    "The broker was silent for two heartbeats (2 × \(limits.heartbeatSeconds) s): given up."))
        // A socket that takes nothing would only pile heartbeats up.
        case .send where isWritable:
            FrameWriter.writeHeartbeat(into: &outbound)
            flush()
        case .send, .nothing, nil: return
        }
    }
}
