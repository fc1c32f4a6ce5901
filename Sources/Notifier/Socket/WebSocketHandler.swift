import NIOCore
import NIOWebSocket

/// The end of an upgraded pipeline: writes what the socket queues, hands on what the client says, and keeps time.
///
/// Behind it lie the handlers of the HTTP connection that was upgraded. They get nothing any more, and what they
/// write is dropped.
final class WebSocketHandler: ChannelDuplexHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundIn = Never
    typealias OutboundOut = WebSocketFrame

    private let socket: Socket
    private let closeDeadline: TimeAmount
    private let began = ContinuousClock.now
    private var heartbeat: Heartbeat
    private var heartbeatTask: Scheduled<Void>?
    private var deadlineTask: Scheduled<Void>?
    private var lastResort: Scheduled<Void>?
    private var isCloseSent = false
    private var isReadHeld = false
    private let firstPing: TimeAmount

    init(socket: Socket, configuration: NotifierConfiguration) {
        self.socket = socket
        closeDeadline = TimeAmount(configuration.closeDeadline)
        heartbeat = Heartbeat(interval: configuration.heartbeat, grace: configuration.pongGrace)
        firstPing = TimeAmount(configuration.heartbeat)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        scheduleHeartbeat(context, in: firstPing)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        heartbeatTask?.cancel()
        deadlineTask?.cancel()
        lastResort?.cancel()
        socket.finishInbox()
    }

    func channelInactive(context: ChannelHandlerContext) {
        socket.finishInbox()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = Self.unwrapInboundIn(data)
        heartbeat.heard()
        switch frame.opcode {
        case .text:
            guard !socket.isEnding else { return }
            if case .tooMany = socket.receive(frame.unmaskedData) {
                socket.close(SocketClose(.policyViolation, "too many frames at once: await the answers"))
            }
        case .binary:
            socket.close(SocketClose(.unacceptableData, "frames are JSON text"))
        case .ping:
            // Unanswered while the peer does not read: pongs are no way to make the server buffer.
            guard context.channel.isWritable, !isCloseSent else { return }
            write(context, .pong, frame.unmaskedData)
        case .connectionClose:
            answerClose(context, frame.unmaskedData)
        default:
            break
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case NIOWebSocketError.invalidFrameLength, NIOWebSocketFrameAggregator.Error.accumulatedFrameSizeIsTooLarge:
            socket.close(SocketClose(.messageTooLarge, "the message is too large"))
        case is NIOWebSocketError, is NIOWebSocketFrameAggregator.Error, is ClientFrameRules.Violation:
            socket.close(SocketClose(.protocolError, "the frame breaks RFC 6455"))
        default:
            context.close(promise: nil)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed:
            // The peer says no more, so it will not answer a close either.
            context.close(promise: nil)
        case is ChannelShouldQuiesceEvent:
            // The endpoint closes its sockets on shutdown; the HTTP handlers behind have no part in it.
            break
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        drain(context)
    }

    func read(context: ChannelHandlerContext) {
        if socket.isReadingPaused {
            isReadHeld = true
        } else {
            context.read()
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        promise?.fail(ChannelError.operationUnsupported)
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard let signal = event as? Socket.Signal else {
            context.triggerUserOutboundEvent(event, promise: promise)
            return
        }
        switch signal {
        case .wake:
            drain(context)
        case .resumeReading:
            if isReadHeld {
                isReadHeld = false
                context.read()
            }
        case .deadline(let time, let close):
            deadlineTask?.cancel()
            deadlineTask = time.map { time in
                context.eventLoop.assumeIsolated().scheduleTask(deadline: time) { [socket] in socket.close(close) }
            }
        }
        promise?.succeed()
    }

    /// Writes while the peer keeps up; what does not fit the channel's buffer stays in the socket's queue.
    private func drain(_ context: ChannelHandlerContext) {
        guard !isCloseSent else { return }
        socket.beginDraining()
        if socket.isEnding { giveUpLater(context) }
        var wrote = false
        // A socket that ends has an empty queue or a peer that reads: only then the close follows.
        writing: while context.channel.isWritable || (socket.isEnding && socket.queuedBytes == 0) {
            switch socket.next() {
            case .text(let text):
                write(context, .text, text, flush: false)
                wrote = true
            case .close(let close):
                sendClose(context, close)
                wrote = true
                break writing
            case .nothing:
                break writing
            }
        }
        if wrote { context.flush() }
    }

    private func sendClose(_ context: ChannelHandlerContext, _ close: SocketClose) {
        var data = context.channel.allocator.buffer(capacity: 2 + close.reason.utf8.count)
        data.writeInteger(close.code.rawValue)
        data.writeString(close.reason)
        isCloseSent = true
        write(context, .connectionClose, data, flush: false)
    }

    /// The peer closes, or answers our close: either way the connection ends once the answer is out.
    private func answerClose(_ context: ChannelHandlerContext, _ data: ByteBuffer) {
        guard !isCloseSent else {
            context.close(promise: nil)
            return
        }
        isCloseSent = true
        let code = data.getSlice(at: data.readerIndex, length: min(2, data.readableBytes)) ?? ByteBuffer()
        let frame = WebSocketFrame(fin: true, opcode: .connectionClose, data: code)
        giveUpLater(context)
        context.writeAndFlush(Self.wrapOutboundOut(frame)).assumeIsolated().whenComplete { _ in
            context.close(promise: nil)
        }
    }

    /// A peer that neither reads nor answers does not hold the connection for ever.
    private func giveUpLater(_ context: ChannelHandlerContext) {
        guard lastResort == nil else { return }
        lastResort = context.eventLoop.assumeIsolated().scheduleTask(in: closeDeadline) {
            context.close(promise: nil)
        }
    }

    private func write(
        _ context: ChannelHandlerContext, _ opcode: WebSocketOpcode, _ data: ByteBuffer, flush: Bool = true
    ) {
        context.write(Self.wrapOutboundOut(WebSocketFrame(fin: true, opcode: opcode, data: data)), promise: nil)
        if flush { context.flush() }
    }

    private func scheduleHeartbeat(_ context: ChannelHandlerContext, in delay: TimeAmount) {
        heartbeatTask = context.eventLoop.assumeIsolated().scheduleTask(in: delay) {
            guard !self.isCloseSent else { return }
            let now = ContinuousClock.now - self.began
            switch self.heartbeat.due(at: now) {
            case .ping(let next):
                self.write(context, .ping, ByteBuffer())
                self.scheduleHeartbeat(context, in: TimeAmount(next - now))
            case .wait(let next):
                self.scheduleHeartbeat(context, in: TimeAmount(next - now))
            case .gone:
                self.socket.close(SocketClose(.silent, "no pong came: connect again and resume"))
            }
        }
    }
}
