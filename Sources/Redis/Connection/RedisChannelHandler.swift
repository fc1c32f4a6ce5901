import NIOCore

/// Carries out for one connection what `Outbox`, `ReplyReader` and `ReplyQueue` decide. Lives on the channel's event loop.
final class RedisChannelHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Callers post to it from any thread.
    let outbox: SharedOutbox
    private var reader: ReplyReader
    private var queue: ReplyQueue<CommandWaiter>
    /// Takes what the server sends unasked, when the connection is a subscriber's.
    private let inbox: SubscriptionInbox?
    /// Whether a server that is no primary any more has to be left: sentinels know the new one.
    private let needsPrimary: Bool
    private var context: ChannelHandlerContext?
    private var timer: (deadline: NIODeadline, task: Scheduled<Void>)?
    /// Why the connection ends, once it does.
    private(set) var failure: RedisError?

    init(configuration: RedisConfiguration, inbox: SubscriptionInbox?) throws(RedisError) {
        self.inbox = inbox
        needsPrimary = configuration.sentinels != nil
        outbox = SharedOutbox(configuration)
        reader = try ReplyReader(maximumReplyBytes: configuration.maximumReplyBytes)
        queue = ReplyQueue(grace: TimeAmount(configuration.commandTimeout))
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        end(RedisError(.connectionLost, "The connection to Redis was closed."))
        self.context = nil
    }

    /// Writes what callers have posted, in one flush.
    func drain() {
        guard let context, failure == nil else { return }
        let load = outbox.collect()
        guard !load.entries.isEmpty else { return }
        for entry in load.entries { queue.append(entry) }
        context.writeAndFlush(wrapOutboundOut(load.bytes), promise: nil)
        armTimer(on: context.eventLoop)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard failure == nil else { return }
        var answered: [(waiter: CommandWaiter, replies: [RedisValue])] = []
        var commands = 0
        var bytes = 0
        do throws(RedisError) {
            try reader.feed(unwrapInboundIn(data))
            while let value = try reader.next() {
                if let inbox, inbox.take(value) { continue }
                if needsPrimary, ServerRole.isLost(by: value) { leave() }
                switch queue.receive(value) {
                case .more: break
                case .complete(let entry, let replies):
                    commands += entry.commandCount
                    bytes += entry.byteCount
                    answered.append((entry.waiter, replies))
                case .unasked:
                    throw RedisError(.protocolError, "Redis sent a reply to no command: the connection is out of step.")
                }
            }
        } catch {
            for (waiter, replies) in answered { waiter.finish(.success(replies)) }
            end(error)
            return
        }
        // First: a caller who has its reply must find the room that its command took.
        outbox.settle(commands: commands, bytes: bytes, isStalled: queue.isStalled)
        for (waiter, replies) in answered { waiter.finish(.success(replies)) }
        endIfLeft()
    }

    /// Nothing new goes to a server that is the primary no longer. Commands that were posted already are written, so that
    /// their callers are told that they were not executed.
    func leave() {
        outbox.leave()
        endIfLeft()
    }

    private func endIfLeft() {
        guard needsPrimary, outbox.isLeaving else { return }
        drain()
        guard queue.isEmpty else { return }
        end(RedisError(.connectionLost, "This Redis is not the primary any more."))
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(RedisError(.connectionLost, "Redis closed the connection. Whether the command was executed is unknown."))
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end(RedisError(.connectionLost, "The connection to Redis failed.", cause: error))
    }

    /// The oldest caller learns the reason itself, the others that their connection went.
    private func end(_ error: RedisError) {
        guard failure == nil else { return }
        failure = error
        timer?.task.cancel()
        let waiters = queue.removeAll() + outbox.close()
        waiters.first?.fail(error)
        let others =
            error.code == .connectionLost
            ? error : RedisError(.connectionLost, "The connection to Redis was given up.", cause: error)
        for waiter in waiters.dropFirst() { waiter.fail(others) }
        context?.close(promise: nil)
    }

    /// One timer for the connection. A timer that is set too early finds nothing overdue and is set again, so an answered
    /// command costs no timer of its own.
    private func armTimer(on eventLoop: any EventLoop) {
        guard let deadline = queue.nextDeadline else { return }
        if let timer {
            guard deadline < timer.deadline else { return }
            timer.task.cancel()
        }
        let task = eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { self.timerFired(on: eventLoop) }
        timer = (deadline, task)
    }

    private func timerFired(on eventLoop: any EventLoop) {
        timer = nil
        guard failure == nil else { return }
        let expiry = queue.expire(at: .now())
        // First: a caller who sends again must get another connection.
        outbox.settle(commands: 0, bytes: 0, isStalled: queue.isStalled)
        let late = RedisError(.timeout, "Redis did not answer in time. It may still execute the command.")
        for waiter in expiry.overdue { waiter.fail(late) }
        if expiry.isDead {
            end(RedisError(.timeout, "Redis owes a reply for twice the command timeout: the connection is given up."))
            return
        }
        armTimer(on: eventLoop)
    }
}
