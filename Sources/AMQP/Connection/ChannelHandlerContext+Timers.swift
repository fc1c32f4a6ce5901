import NIOCore

/// Timers for a handler's own event loop, whose closures need not be `Sendable`.
struct LoopTimers {
    let eventLoop: any EventLoop

    @discardableResult
    func execute(after delay: TimeAmount, _ work: @escaping () -> Void) -> Scheduled<Void> {
        let bound = NIOLoopBound(work, eventLoop: eventLoop)
        return eventLoop.scheduleTask(in: delay) { bound.value() }
    }
}

extension ChannelHandlerContext {
    var loopBound: LoopTimers { LoopTimers(eventLoop: eventLoop) }
}
