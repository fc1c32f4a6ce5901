import Logging
import NIOCore

/// What stays while connections of one role come and go: the users of its channels, and the connection's epoch.
///
/// Not `Sendable`: it lives on one event loop, and the client holds it in a `NIOLoopBoundBox`.
final class ConnectionEndpoint {
    let role: AMQPConnectionRole
    let eventLoop: any EventLoop
    private let states: ConnectionStates
    private let counters: StatisticsCounters
    private let logger: Logger
    private var users: [UInt16: any ChannelUser] = [:]
    private var current: ConnectionHandler?
    private var pending: [ObjectIdentifier: ConnectionHandler] = [:]
    private var nextChannel: UInt16 = 1
    private var openedAt: NIODeadline?
    private(set) var epoch = 0
    /// Why the last connection, or the last attempt, ended.
    private(set) var lastError: AMQPError?
    private(set) var isShuttingDown = false

    init(
        role: AMQPConnectionRole, eventLoop: any EventLoop, states: ConnectionStates, counters: StatisticsCounters,
        logger: Logger
    ) {
        self.role = role
        self.eventLoop = eventLoop
        self.states = states
        self.counters = counters
        self.logger = logger
    }

    // MARK: Users

    /// Gives the user a channel, and a link at once when a connection is open.
    func attach(_ user: any ChannelUser) throws(AMQPError) -> UInt16 {
        let channel = try freeChannel()
        users[channel] = user
        if let current { user.connectionOpened(ChannelLink(channel: channel, epoch: epoch, handler: current)) }
        return channel
    }

    var allUsers: [any ChannelUser] { Array(users.values) }

    func detach(_ channel: UInt16) { users[channel] = nil }

    private func freeChannel() throws(AMQPError) -> UInt16 {
        let most = UInt16(clamping: current?.limits.channelMax ?? 2047)
        for _ in 0..<most {
            let candidate = nextChannel
            nextChannel = nextChannel >= most ? 1 : nextChannel + 1
            if candidate <= most, users[candidate] == nil { return candidate }
        }
        throw AMQPError(.overloaded, "All \(most) channels of the connection are in use.")
    }

    // MARK: The connection's life

    func started(_ handler: ConnectionHandler) {
        pending[ObjectIdentifier(handler)] = handler
        if isShuttingDown { handler.beginClose() }
    }

    func opened(_ handler: ConnectionHandler) {
        current = handler
        epoch += 1
        openedAt = .now()
        if epoch > 1 { counters.add(\.reconnects) }
        logger.info("connected to the broker", metadata: ["connection": "\(role.rawValue)", "epoch": "\(epoch)"])
        states.set(role, .connected(epoch: epoch))
        for (channel, user) in users.sorted(by: { $0.key < $1.key }) {
            user.connectionOpened(ChannelLink(channel: channel, epoch: epoch, handler: handler))
        }
        handler.flush()
    }

    func closed(_ handler: ConnectionHandler, _ error: AMQPError) {
        pending[ObjectIdentifier(handler)] = nil
        guard current === handler else { return }
        current = nil
        for user in users.values { user.connectionClosed(error) }
    }

    /// An attempt, or the connection that came of it, has ended. Returns how long the connection was open.
    func attemptEnded(_ error: AMQPError) -> TimeAmount {
        lastError = error
        defer { openedAt = nil }
        return openedAt.map { NIODeadline.now() - $0 } ?? .zero
    }

    /// Ends the connection, and any that is being made.
    func beginClose() {
        isShuttingDown = true
        for handler in pending.values { handler.beginClose() }
    }

    // MARK: What the handler passes on

    func receive(_ frame: Frame, channel: UInt16) throws(AMQPError) {
        guard let user = users[channel] else { throw .violation("a frame on channel \(channel), which is not open") }
        try user.receive(frame)
    }

    func readCompleted() {
        for user in users.values { user.readCompleted() }
    }

    func sendingConditionsChanged() {
        for user in users.values { user.sendingConditionsChanged() }
    }

    func blockedChanged(_ reason: String?) {
        if let reason {
            logger.warning("the broker blocks publishes", metadata: ["reason": "\(reason)"])
            states.set(role, .blocked(reason: reason))
        } else {
            states.set(role, .connected(epoch: epoch))
        }
        sendingConditionsChanged()
    }
}
