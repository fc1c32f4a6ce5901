/// The conversation on channel 0: handshake, blocked and unblocked, the end. Decides; the handler carries out.
struct ConnectionStateMachine {
    /// What both sides agreed on.
    struct Limits: Equatable {
        var channelMax: Int
        var frameMax: Int
        /// 0 means no heartbeats.
        var heartbeatSeconds: Int
    }

    enum Action: Equatable {
        case send(ClientMethod)
        case apply(Limits)
        case opened
        case blocked(reason: String)
        case unblocked
        /// Close the socket; this is why.
        case closeSocket(AMQPError)

        static func == (left: Action, right: Action) -> Bool {
            switch (left, right) {
            case (.send(let a), .send(let b)): a == b
            case (.apply(let a), .apply(let b)): a == b
            case (.opened, .opened), (.unblocked, .unblocked): true
            case (.blocked(let a), .blocked(let b)): a == b
            case (.closeSocket(let a), .closeSocket(let b)): a.code == b.code
            default: false
            }
        }
    }

    private enum State: Equatable { case awaitingStart, awaitingTune, awaitingOpen, open, closing, closed }

    private let configuration: AMQPConfiguration
    private let connectionName: String
    private var state = State.awaitingStart

    init(configuration: AMQPConfiguration, connectionName: String) {
        self.configuration = configuration
        self.connectionName = connectionName
    }

    var isOpen: Bool { state == .open }

    mutating func receive(_ method: ServerMethod) throws(AMQPError) -> [Action] {
        switch (state, method) {
        case (.closed, _):
            return []
        case (_, .connectionClose(let code, let text)):
            let error = refusal(code: code, text: text)
            state = .closed
            return [.send(.connectionCloseOk), .closeSocket(error)]
        case (.closing, .connectionCloseOk):
            state = .closed
            return [.closeSocket(.clientClosed)]
        case (.closing, _):
            return []
        case (.awaitingStart, .connectionStart(let mechanisms)):
            guard mechanisms.split(separator: " ").contains("PLAIN") else {
                throw AMQPError(
                    .refusedCredentials, "The broker does not offer the login mechanism PLAIN, only: \(mechanisms).")
            }
            state = .awaitingTune
            return [
                .send(
                    .connectionStartOk(
                        username: configuration.username, password: configuration.password,
                        connectionName: connectionName))
            ]
        case (.awaitingTune, .connectionTune(let channelMax, let frameMax, let heartbeat)):
            let limits = Limits(
                channelMax: agreed(2047, channelMax), frameMax: agreed(configuration.frameMax, frameMax),
                heartbeatSeconds: agreed(configuration.heartbeat.wholeSeconds, heartbeat))
            guard limits.frameMax >= 4096 else { throw .violation("it asked for frames of \(limits.frameMax) bytes") }
            state = .awaitingOpen
            return [
                .apply(limits),
                .send(
                    .connectionTuneOk(
                        channelMax: limits.channelMax, frameMax: limits.frameMax,
                        heartbeatSeconds: limits.heartbeatSeconds)),
                .send(.connectionOpen(virtualHost: configuration.virtualHost)),
            ]
        case (.awaitingOpen, .connectionOpenOk):
            state = .open
            return [.opened]
        case (.open, .connectionBlocked(let reason)):
            return [.blocked(reason: reason)]
        case (.open, .connectionUnblocked):
            return [.unblocked]
        default:
            throw .violation("a method on channel 0 that does not belong there")
        }
    }

    /// We want to end the connection.
    mutating func beginClose() -> [Action] {
        switch state {
        case .open:
            state = .closing
            return [.send(.connectionClose(code: 200, text: "goodbye"))]
        case .closing, .closed:
            return []
        case .awaitingStart, .awaitingTune, .awaitingOpen:
            state = .closed
            return [.closeSocket(.clientClosed)]
        }
    }

    /// The socket is gone: the reason that callers are told when nobody gave a better one.
    mutating func transportClosed() -> AMQPError {
        defer { state = .closed }
        return switch state {
        case .closing, .closed: .clientClosed
        case .awaitingTune:
            AMQPError(
                .refusedCredentials,
                "The broker closed the connection during the login; user name or password are probably wrong.")
        case .awaitingOpen:
            AMQPError(
                .refusedVirtualHost,
                "The broker closed the connection when the virtual host '\(configuration.virtualHost)' was opened.")
        case .awaitingStart:
            AMQPError(
                .notConnected,
                "\(configuration.host):\(configuration.port) closed the connection before it spoke AMQP.")
        case .open: AMQPError(.connectionLost, "The peer closed the TCP connection without a word.")
        }
    }

    private func refusal(code: Int, text: String) -> AMQPError {
        switch state {
        case .awaitingTune where code == 403:
            return AMQPError(
                .refusedCredentials,
                "The broker refuses user '\(configuration.username)': check user name and password. It said: \(text)")
        case .awaitingOpen where code == 530 || code == 403 || code == 402:
            return AMQPError(
                .refusedVirtualHost,
                "The broker refuses the virtual host '\(configuration.virtualHost)' to user "
                    + "'\(configuration.username)': check that it exists and what the user may do. It said: \(text)")
        default:
            return AMQPError(
                .connectionClosed(code: code, text: text), "The broker closed the connection: \(code) \(text)")
        }
    }

    /// The smaller of both wishes; 0 means "no wish".
    private func agreed(_ ours: Int, _ theirs: Int) -> Int {
        ours == 0 || theirs == 0 ? max(ours, theirs) : min(ours, theirs)
    }
}

extension Duration {
    /// Rounded up.
    var wholeSeconds: Int {
        Int(components.seconds) + (components.attoseconds > 0 ? 1 : 0)
    }
}
