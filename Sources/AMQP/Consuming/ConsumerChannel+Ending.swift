import Logging
import NIOCore

// How a consumer ends, by us or by the broker, and how it comes back after a loss.
extension ConsumerChannel {
    /// Ends the deliveries; the waiter is told when the broker has confirmed it.
    func cancel(_ waiter: CheckedContinuation<Void, Never>?) {
        if let waiter { cancelWaiters.append(waiter) }
        // What may be the last moment of the connection is none to gather acks in.
        sendSettlements()
        switch phase {
        case .consuming:
            phase = .cancelling
            link?.send(machine.request(.cancel(tag: request.tag), id: 0))
            link?.flush()
        case .restoring, .starting: end(nil)
        case .cancelling: return
        case .draining, .closing, .ended: resumeCancelWaiters()
        }
    }

    func cancelled() {
        readCompleted()
        release(mailbox.finish(nil))
        phase = .draining
        resumeCancelWaiters()
        closeIfDrained()
    }

    func cancelledByServer() {
        readCompleted()
        let error = AMQPError(
            .consumerCancelled(queue: request.queue),
            "The broker cancelled the consumer of '\(request.queue)': the queue was deleted, or its node is gone.")
        logger.warning("consumer cancelled by the broker", metadata: ["queue": "\(request.queue)"])
        release(mailbox.finish(error))
        phase = .draining
        resumeCancelWaiters()
        closeIfDrained()
    }

    /// What nobody took goes back to the queue at once; a stream keeps everything anyway.
    private func release(_ untaken: [AMQPDelivery]) {
        for delivery in untaken where !delivery.properties.comesFromStream { delivery.reject(requeue: true) }
        for delivery in untaken where delivery.properties.comesFromStream { delivery.ack() }
    }

    func closeIfDrained() {
        guard case .draining = phase, mailbox.unsettledCount == 0 else { return }
        phase = .closing
        sendSettlements()
        link?.send(machine.beginClose())
        link?.flush()
        if link == nil { end(nil) }
    }

    private func resumeCancelWaiters() {
        for waiter in cancelWaiters { waiter.resume() }
        cancelWaiters = []
    }

    func end(_ error: AMQPError?) {
        retry?.cancel()
        if case .starting(let started, let deadline) = phase {
            deadline.cancel()
            started.resume(returning: .failure(error ?? .clientClosed))
        }
        phase = .ended
        mailbox.lose()
        _ = mailbox.finish(error)
        mailbox.setWake(nil)
        resumeCancelWaiters()
        if let link, !machine.isClosed {
            // The channel's number is free again when the broker has answered.
            link.send(machine.beginClose())
            link.flush()
            phase = .closing
        } else {
            endpoint.detach(channel)
        }
    }

    // MARK: Losses

    func closedByServer(_ error: AMQPError) {
        switch phase {
        case .starting, .cancelling, .draining, .closing, .ended: end(error)
        case .consuming: lost(error, isConnectionGone: false)
        case .restoring(let since):
            if NIODeadline.now() - since >= TimeAmount(configuration.consumerRestoreTimeout) {
                end(error)
            } else {
                scheduleRetry(error)
            }
        }
    }

    func connectionClosed(_ error: AMQPError) {
        link = nil
        chunk = []
        retry?.cancel()
        retry = nil
        _ = machine.connectionClosed()
        switch phase {
        case .starting, .restoring: return
        case .consuming: lost(error, isConnectionGone: true)
        case .cancelling: end(nil)
        case .draining, .closing, .ended: end(nil)
        }
    }

    private func lost(_ error: AMQPError, isConnectionGone: Bool) {
        chunk = []
        guard request.restore else {
            end(isConnectionGone ? .connectionLost(error) : error)
            return
        }
        mailbox.lose()
        phase = .restoring(since: .now())
        if !isConnectionGone { scheduleRetry(error) }
    }

    private func scheduleRetry(_ error: AMQPError) {
        logger.warning("consumer lost, to be restored", metadata: ["queue": "\(request.queue)", "reason": "\(error)"])
        let held = readySince.map { NIODeadline.now() - $0 } ?? .zero
        readySince = nil
        var generator = SystemRandomNumberGenerator()
        let wait = backoff.next(afterHolding: .nanoseconds(held.nanoseconds), using: &generator)
        let bound = NIOLoopBound(self, eventLoop: endpoint.eventLoop)
        retry = endpoint.eventLoop.scheduleTask(in: TimeAmount(wait)) { bound.value.open() }
    }

    /// The client ends.
    func close() { end(.clientClosed) }
}
