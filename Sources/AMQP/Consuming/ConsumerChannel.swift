import Logging
import NIOCore

/// The life of one consumer on its own channel: started, restored after losses, cancelled, drained. Lives on one event
/// loop.
final class ConsumerChannel: ChannelUser {
    typealias Started = CheckedContinuation<Result<AMQPConsumer, AMQPError>, Never>

    enum Phase {
        /// Until the broker confirms the first `basic.consume`.
        case starting(Started, deadline: Scheduled<Void>)
        case consuming
        /// Lost at this time; to be opened again.
        case restoring(since: NIODeadline)
        case cancelling
        /// No deliveries any more; what is in hand may be settled.
        case draining
        case closing
        case ended
    }

    let request: ConsumeRequest
    let mailbox: DeliveryMailbox
    let endpoint: ConnectionEndpoint
    let configuration: AMQPConfiguration
    let counters: StatisticsCounters
    let logger: Logger
    var machine: ChannelStateMachine
    var phase: Phase
    var link: ChannelLink?
    var channel: UInt16 = 0
    var chunk: [AMQPDelivery] = []
    var epoch = 0
    var cancelWaiters: [CheckedContinuation<Void, Never>] = []
    var backoff: ReconnectBackoff
    var retry: Scheduled<Void>?
    var readySince: NIODeadline?

    /// Attaches itself to the endpoint, which keeps it alive until it ends.
    init(
        _ request: ConsumeRequest, endpoint: ConnectionEndpoint, configuration: AMQPConfiguration,
        counters: StatisticsCounters, logger: Logger, started: Started
    ) {
        self.request = request
        self.endpoint = endpoint
        self.configuration = configuration
        self.counters = counters
        self.logger = logger
        mailbox = DeliveryMailbox(prefetch: request.prefetch, counters: counters)
        machine = ChannelStateMachine(maximumBodyBytes: configuration.maximumBodyBytes)
        backoff = ReconnectBackoff(
            minimum: configuration.reconnectMinimum, maximum: configuration.reconnectMaximum)
        phase = .ended
        let bound = NIOLoopBound(self, eventLoop: endpoint.eventLoop)
        let eventLoop = endpoint.eventLoop
        mailbox.setWake { eventLoop.execute { bound.value.settlementsCame() } }
        let deadline = eventLoop.scheduleTask(in: TimeAmount(configuration.requestTimeout)) {
            bound.value.startTimedOut()
        }
        phase = .starting(started, deadline: deadline)
        do throws(AMQPError) {
            channel = try endpoint.attach(self)
        } catch {
            end(error)
        }
    }

    // MARK: Opening

    func connectionOpened(_ link: ChannelLink) {
        self.link = link
        switch phase {
        case .starting, .restoring: open()
        case .consuming, .cancelling, .draining, .closing, .ended: return
        }
    }

    func open() {
        guard let link, machine.isClosed else { return }
        var arguments = request.arguments
        if case .restoring = phase, let atRestore = request.argumentsAtRestore { arguments = atRestore() }
        link.send(
            machine.open(setup: [
                .qos(prefetch: request.prefetch),
                .consume(queue: request.queue, tag: request.tag, exclusive: request.exclusive, arguments: arguments),
            ]))
        link.flush()
    }

    private func ready() {
        mailbox.begin()
        epoch = mailbox.epoch
        readySince = .now()
        if case .starting(let started, let deadline) = phase {
            deadline.cancel()
            phase = .consuming
            started.resume(returning: .success(makeConsumer()))
        } else {
            phase = .consuming
            logger.info("consumer restored", metadata: ["queue": "\(request.queue)", "tag": "\(request.tag)"])
        }
    }

    private func makeConsumer() -> AMQPConsumer {
        let bound = NIOLoopBound(self, eventLoop: endpoint.eventLoop)
        let eventLoop = endpoint.eventLoop
        return AMQPConsumer(queue: request.queue, tag: request.tag, mailbox: mailbox) { waiter in
            eventLoop.execute { bound.value.cancel(waiter) }
        }
    }

    private func startTimedOut() {
        guard case .starting = phase else { return }
        end(
            AMQPError(
                link == nil ? .notConnected : .timeout,
                "The consumer of '\(request.queue)' did not start within \(configuration.requestTimeout).",
                cause: link == nil ? endpoint.lastError : nil))
    }

    // MARK: Frames

    func receive(_ frame: Frame) throws(AMQPError) {
        let action =
            switch frame {
            case .method(_, let method): try machine.receive(method)
            case .header(_, let bodySize, let properties): try machine.receive(properties, bodySize: bodySize)
            case .body(_, let piece): try machine.receive(piece)
            case .heartbeat: ChannelStateMachine.Action.nothing
            }
        switch action {
        case .nothing: return
        case .send(let method): link?.send(method)
        case .ready: ready()
        case .content(let content): try receive(content)
        case .reply(_, _, let next):
            link?.send(next)
            cancelled()
        case .cancelledByServer: cancelledByServer()
        case .closedByServer(let code, let text, _):
            link?.send(.channelCloseOk)
            closedByServer(
                AMQPError(
                    .channelClosed(code: code, text: text),
                    "The broker closed the channel of the consumer of '\(request.queue)': \(code) \(text)"))
        case .closed: end(nil)
        case .confirm: throw .violation("a confirm on a consumer's channel")
        }
    }

    private func receive(_ content: ContentAssembler.Content) throws(AMQPError) {
        guard case .deliver(let fields) = content.start else { throw .violation("a return to a consumer") }
        guard !content.isOversized else { return refuse(fields, content.properties) }
        chunk.append(
            AMQPDelivery(
                body: content.body, properties: content.properties, exchange: fields.exchange,
                routingKey: fields.routingKey, isRedelivered: fields.isRedelivered, deliveryTag: fields.deliveryTag,
                epoch: epoch, mailbox: mailbox))
    }

    /// Too large to hold: dead-lettered where the queue has a place for it. A stream only lets us step over it.
    private func refuse(_ fields: ServerMethod.DeliverFields, _ properties: AMQPProperties) {
        counters.add(\.oversized)
        logger.error(
            "a message above the maximum body size was refused",
            metadata: ["queue": "\(request.queue)", "message_id": "\(properties.messageID ?? "none")"])
        if properties.comesFromStream {
            link?.send(.ack(deliveryTag: fields.deliveryTag, multiple: false))
        } else {
            link?.send(.reject(deliveryTag: fields.deliveryTag, requeue: false))
        }
    }

    func readCompleted() {
        guard !chunk.isEmpty else { return }
        let deliveries = chunk
        chunk = []
        do throws(AMQPError) {
            try mailbox.push(deliveries)
        } catch {
            link?.closeConnection(error)
        }
    }

    // MARK: Settling

    /// While there is plenty in hand the broker can wait a moment for its acks: they come to fewer frames and writes then.
    private func settlementsCame() {
        guard case .consuming = phase, mailbox.mayGather else { return sendSettlements() }
        let bound = NIOLoopBound(self, eventLoop: endpoint.eventLoop)
        endpoint.eventLoop.scheduleTask(in: .milliseconds(1)) { bound.value.sendSettlements() }
    }

    func sendSettlements() {
        let settlements = mailbox.takeSettlements()
        if let link, machine.isReady, !settlements.isEmpty {
            for method in settlements.methods { link.send(method) }
            counters.add(\.acked, settlements.acked.count)
            counters.add(\.rejected, settlements.rejected.count)
            link.flush()
        }
        closeIfDrained()
    }
}

extension AMQPProperties {
    /// Whether a stream delivered this: it puts its offset into each message.
    var comesFromStream: Bool { headers["x-stream-offset"] != nil }
}
