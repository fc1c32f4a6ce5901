import Logging
import NIOCore

/// The publishing side of the client: one channel in confirm mode. Lives on one event loop.
final class Publisher: ChannelUser, ConnectionSide {
    let endpoint: ConnectionEndpoint
    private let mailbox: PublishMailbox
    private let counters: StatisticsCounters
    private let configuration: AMQPConfiguration
    private let logger: Logger
    private var machine: ChannelStateMachine
    private var queue: PublishQueue
    private var link: ChannelLink?
    private var pending: [Int: Pending] = [:]
    private var timer: Scheduled<Void>?

    private struct Pending {
        let outcome: PublishMailbox.Outcome
        let messages: Int
        let bytes: Int
    }

    init(
        endpoint: ConnectionEndpoint, mailbox: PublishMailbox, counters: StatisticsCounters,
        configuration: AMQPConfiguration, logger: Logger
    ) throws(AMQPError) {
        self.endpoint = endpoint
        self.mailbox = mailbox
        self.counters = counters
        self.configuration = configuration
        self.logger = logger
        machine = ChannelStateMachine(maximumBodyBytes: configuration.maximumBodyBytes)
        queue = PublishQueue(maximumUnconfirmed: configuration.maximumWaitingPublishes)
        _ = try endpoint.attach(self)
    }

    // MARK: Calls

    /// Takes over what callers have left in the mailbox.
    func collect() {
        for entry in mailbox.takeAll() {
            let bytes = entry.batch.messages.reduce(0) { $0 + $1.body.count }
            pending[entry.id] = Pending(
                outcome: entry.outcome, messages: entry.batch.messages.count, bytes: bytes)
            queue.append(entry.batch, id: entry.id)
        }
        sendWaiting()
    }

    /// The caller is no longer interested.
    func cancel(_ id: Int) {
        collect()
        queue.fail(id, .cancelled)
        settle()
    }

    /// No connection will come any more.
    func close() {
        collect()
        queue.failAll(.clientClosed)
        settle()
    }

    private func sendWaiting() {
        defer { settle() }
        guard let link, machine.isReady, link.blockedReason == nil else { return }
        while link.isWritable, let (id, batch) = queue.takeNext() {
            let mark = link.mark
            do throws(AMQPError) {
                for index in batch.messages.indices {
                    try link.send(batch.messages[index], messageID: batch.messageIDs[index])
                }
                queue.didSend(id)
                counters.add(\.published, batch.messages.count)
                // The broker is at work on the first while the rest is being encoded.
                if link.mark > 1 << 16 { link.flush() }
            } catch {
                link.rollback(to: mark)
                queue.fail(id, error)
            }
        }
        link.flush()
    }

    private func settle() {
        for batch in queue.takeSettled() {
            guard let done = pending.removeValue(forKey: batch.id) else { continue }
            mailbox.release(messages: done.messages, bytes: done.bytes)
            done.outcome(batch.failures)
        }
        schedule()
    }

    // MARK: Deadlines

    private func schedule() {
        guard let deadline = queue.nextDeadline(), timer == nil else { return }
        let bound = NIOLoopBound(self, eventLoop: endpoint.eventLoop)
        timer = endpoint.eventLoop.scheduleTask(deadline: deadline) { bound.value.expire() }
    }

    private func expire() {
        timer = nil
        let after = configuration.publishTimeout
        let waiting =
            if let reason = link?.blockedReason {
                AMQPError(.blocked(reason: reason), "The broker accepts no publishes (\(reason)); waited \(after).")
            } else if link == nil {
                AMQPError(.notConnected, "No connection to the broker for \(after).", cause: endpoint.lastError)
            } else {
                AMQPError(.timeout, "The message could not be sent within \(after).")
            }
        let sent = AMQPError(
            .timeout, "No confirm within \(after). The message may still arrive: publish it again under the same id.")
        queue.expire(.now(), waitingError: waiting, sentError: sent)
        settle()
    }

    // MARK: ChannelUser

    func connectionOpened(_ link: ChannelLink) {
        self.link = link
        link.send(machine.open(setup: [.confirmSelect]))
        link.flush()
    }

    func receive(_ frame: Frame) throws(AMQPError) {
        let action =
            switch frame {
            case .method(_, let method): try machine.receive(method)
            case .header(_, let bodySize, let properties): try machine.receive(properties, bodySize: bodySize)
            case .body(_, let piece): try machine.receive(piece)
            case .heartbeat: ChannelStateMachine.Action.nothing
            }
        switch action {
        case .nothing, .reply, .cancelledByServer, .closed: return
        case .send(let method): link?.send(method)
        case .ready: sendWaiting()
        case .confirm(let tag, let multiple, let isAccepted):
            let count = try queue.confirm(tag, multiple: multiple, isAccepted: isAccepted)
            if isAccepted { counters.add(\.confirmed, count) } else { counters.add(\.nacked, count) }
        case .content(let content):
            guard case .returned(let fields) = content.start else { throw .violation("a delivery to a publisher") }
            counters.add(\.returned)
            queue.returned(fields, messageID: content.properties.messageID)
        case .closedByServer(let code, let text, _):
            logger.warning(
                "the broker closed the publishing channel", metadata: ["code": "\(code)", "text": "\(text)"])
            queue.channelLost { Self.blame($0, code: code, text: text) }
            link?.send(.channelCloseOk)
            link?.send(machine.open(setup: [.confirmSelect]))
        }
    }

    /// Of everything that was under way, only what was sent to the missing exchange is to blame.
    private static func blame(_ message: AMQPMessage, code: Int, text: String) -> AMQPError {
        let refusal = AMQPError(
            .channelClosed(code: code, text: text), "The broker refused to publish: \(code) \(text)")
        if code == 404, text.contains("no exchange '"), !text.contains("no exchange '\(message.exchange)'") {
            return .connectionLost(refusal)
        }
        return refusal
    }

    func readCompleted() {
        settle()
        if queue.hasWaiting { sendWaiting() }
    }

    func sendingConditionsChanged() { sendWaiting() }

    func connectionClosed(_ error: AMQPError) {
        link = nil
        _ = machine.connectionClosed()
        queue.channelLost { _ in .connectionLost(error) }
        settle()
    }
}
