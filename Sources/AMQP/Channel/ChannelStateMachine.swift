import NIOCore

/// One AMQP channel: opening, setting up, requests one after another, messages and confirms, closing by either side.
///
/// Requests are not pipelined: when the broker closes the channel, it is clear which one it did not like.
struct ChannelStateMachine {
    typealias RequestID = Int

    /// What the owner of the channel has to do.
    enum Action: Equatable {
        case nothing
        case send(ClientMethod)
        /// Open, and everything of the set-up is answered.
        case ready(last: ServerMethod, next: ClientMethod?)
        case reply(RequestID, ServerMethod, next: ClientMethod?)
        case content(ContentAssembler.Content)
        case confirm(deliveryTag: UInt64, multiple: Bool, isAccepted: Bool)
        case cancelledByServer(tag: String)
        /// The broker closed the channel: answer close-ok. The channel may be opened again at once.
        case closedByServer(code: Int, text: String, failed: RequestID?)
        /// Our own close is answered.
        case closed
    }

    private enum State { case closed, settingUp, ready, closing }

    private struct Request {
        let id: RequestID?
        let method: ClientMethod
    }

    private var state = State.closed
    private var current: Request?
    private var waiting = CircularBuffer<Request>()
    private var assembler: ContentAssembler

    init(maximumBodyBytes: Int) {
        assembler = ContentAssembler(maximumBodyBytes: maximumBodyBytes)
    }

    var isReady: Bool { state == .ready }
    var isClosed: Bool { state == .closed }

    /// Begins to open the channel; the set-up requests follow one after another.
    mutating func open(setup: [ClientMethod]) -> ClientMethod {
        state = .settingUp
        current = Request(id: nil, method: .channelOpen)
        assembler.reset()
        for method in setup.reversed() { waiting.prepend(Request(id: nil, method: method)) }
        return .channelOpen
    }

    /// Queues a request. Returns the method to send now, if it is its turn.
    mutating func request(_ method: ClientMethod, id: RequestID) -> ClientMethod? {
        waiting.append(Request(id: id, method: method))
        return state == .ready && current == nil ? takeNext() : nil
    }

    /// Takes a request back. False when it has been sent already (or is unknown): its answer is still to come.
    mutating func withdraw(_ id: RequestID) -> Bool {
        guard let index = waiting.firstIndex(where: { $0.id == id }) else { return false }
        waiting.remove(at: index)
        return true
    }

    /// Begins to close the channel. Nothing to send when it is not open.
    mutating func beginClose() -> ClientMethod? {
        guard state == .ready || state == .settingUp else { return nil }
        state = .closing
        current = nil
        return .channelClose(code: 200, text: "done")
    }

    /// The connection is gone. Returns the request that was under way; those that wait stay for the next opening.
    mutating func connectionClosed() -> RequestID? { lose() }

    mutating func receive(_ method: ServerMethod) throws(AMQPError) -> Action {
        if state == .closing { return receiveWhileClosing(method) }
        guard state != .closed else { throw .violation("a method on a channel that is not open") }
        guard assembler.isIdle else {
            throw .violation("a method on a channel in the middle of a message")
        }
        switch method {
        case .deliver(let fields):
            try assembler.begin(.deliver(fields))
            return .nothing
        case .returned(let fields):
            try assembler.begin(.returned(fields))
            return .nothing
        case .ack(let tag, let multiple):
            return .confirm(deliveryTag: tag, multiple: multiple, isAccepted: true)
        case .nack(let tag, let multiple):
            return .confirm(deliveryTag: tag, multiple: multiple, isAccepted: false)
        case .cancel(let tag):
            return .cancelledByServer(tag: tag)
        case .channelFlow(let active):
            return .send(.channelFlowOk(active: active))
        case .channelClose(let code, let text):
            return .closedByServer(code: code, text: text, failed: lose())
        default:
            return try receiveReply(method)
        }
    }

    mutating func receive(_ properties: AMQPProperties, bodySize: UInt64) throws(AMQPError) -> Action {
        if state == .closing { return .nothing }
        guard let content = try assembler.receive(properties, bodySize: bodySize) else { return .nothing }
        return .content(content)
    }

    mutating func receive(_ piece: ByteBuffer) throws(AMQPError) -> Action {
        if state == .closing { return .nothing }
        guard let content = try assembler.receive(piece) else { return .nothing }
        return .content(content)
    }

    private mutating func receiveReply(_ method: ServerMethod) throws(AMQPError) -> Action {
        guard let current, method.answers(current.method) else {
            throw .violation("an answer to a question that was not asked")
        }
        self.current = nil
        if let id = current.id { return .reply(id, method, next: takeNext()) }
        if let next = waiting.first, next.id == nil {
            return takeNext().map(Action.send) ?? .nothing
        }
        state = .ready
        return .ready(last: method, next: takeNext())
    }

    private mutating func receiveWhileClosing(_ method: ServerMethod) -> Action {
        switch method {
        case .channelCloseOk:
            _ = lose()
            return .closed
        // Both closed at once: the broker still answers ours.
        case .channelClose: return .send(.channelCloseOk)
        default: return .nothing
        }
    }

    private mutating func takeNext() -> ClientMethod? {
        guard current == nil, let next = waiting.popFirst() else { return nil }
        current = next
        return next.method
    }

    private mutating func lose() -> RequestID? {
        defer { current = nil }
        state = .closed
        assembler.reset()
        while let first = waiting.first, first.id == nil { waiting.removeFirst() }
        return current?.id
    }
}
