import Logging
import NIOCore

/// Declaring, deleting and asking, on a channel of its own: one request after another. Lives on one event loop.
final class Administrator: ChannelUser, ConnectionSide {
    typealias Answer = CheckedContinuation<Result<ServerMethod, AMQPError>, Never>

    /// How many requests may wait.
    private static let maximumWaiting = 10_000

    let endpoint: ConnectionEndpoint
    private let configuration: AMQPConfiguration
    private var machine: ChannelStateMachine
    private var link: ChannelLink?
    /// Requests without an answer; nobody waits any more for one without a continuation.
    private var pending: [Int: (answer: Answer?, deadline: Scheduled<Void>)] = [:]
    private var isClosed = false

    init(endpoint: ConnectionEndpoint, configuration: AMQPConfiguration) throws(AMQPError) {
        self.endpoint = endpoint
        self.configuration = configuration
        machine = ChannelStateMachine(maximumBodyBytes: configuration.maximumBodyBytes)
        _ = try endpoint.attach(self)
    }

    /// - Parameter id: of this request alone.
    func perform(_ method: ClientMethod, id: Int, answer: Answer) {
        if isClosed {
            answer.resume(returning: .failure(.clientClosed))
            return
        }
        guard pending.count < Self.maximumWaiting else {
            let error = AMQPError(.overloaded, "\(pending.count) administrative requests wait already.")
            answer.resume(returning: .failure(error))
            return
        }
        let bound = NIOLoopBound(self, eventLoop: endpoint.eventLoop)
        let deadline = endpoint.eventLoop.scheduleTask(in: TimeAmount(configuration.requestTimeout)) {
            bound.value.timedOut(id)
        }
        pending[id] = (answer, deadline)
        // Without an open channel it waits in the machine, which has nothing to send then.
        let next = machine.request(method, id: id)
        link?.send(next)
        link?.flush()
    }

    /// Lets its caller go. What was sent is still waited for, as the next answer on the channel is its.
    func cancel(_ id: Int) {
        if machine.withdraw(id) { return finish(id, .failure(.cancelled)) }
        pending[id]?.answer?.resume(returning: .failure(.cancelled))
        pending[id]?.answer = nil
    }

    private func timedOut(_ id: Int) {
        let wait = configuration.requestTimeout
        if link == nil {
            _ = machine.withdraw(id)
            let error = AMQPError(
                .notConnected, "No connection to the broker for \(wait).", cause: endpoint.lastError)
            finish(id, .failure(error))
            return
        }
        let error = AMQPError(.timeout, "The broker did not answer a request within \(wait).")
        let wasWaiting = machine.withdraw(id)
        finish(id, .failure(error))
        // Its answer may still come, and nothing else is answered before: a new connection is the way out.
        if !wasWaiting { link?.closeConnection(error) }
    }

    private func finish(_ id: Int?, _ result: Result<ServerMethod, AMQPError>) {
        guard let id, let (answer, deadline) = pending.removeValue(forKey: id) else { return }
        deadline.cancel()
        answer?.resume(returning: result)
    }

    // MARK: ChannelUser

    func connectionOpened(_ link: ChannelLink) {
        self.link = link
        link.send(machine.open(setup: []))
        link.flush()
    }

    func receive(_ frame: Frame) throws(AMQPError) {
        guard case .method(_, let method) = frame else { throw .violation("a message on the administration channel") }
        switch try machine.receive(method) {
        case .nothing, .closed, .cancelledByServer: return
        case .send(let method): link?.send(method)
        case .ready(_, let next): link?.send(next)
        case .reply(let id, let method, let next):
            link?.send(next)
            finish(id, .success(method))
        case .closedByServer(let code, let text, let failed):
            link?.send(.channelCloseOk)
            link?.send(machine.open(setup: []))
            let error = AMQPError(
                .channelClosed(code: code, text: text), "The broker refused the request: \(code) \(text)")
            finish(failed, .failure(error))
        case .content, .confirm: throw .violation("a message or a confirm on the administration channel")
        }
    }

    func connectionClosed(_ error: AMQPError) {
        link = nil
        finish(machine.connectionClosed(), .failure(.connectionLost(error)))
    }

    func close() {
        isClosed = true
        for id in pending.keys.sorted() {
            _ = machine.withdraw(id)
            finish(id, .failure(.clientClosed))
        }
    }
}
