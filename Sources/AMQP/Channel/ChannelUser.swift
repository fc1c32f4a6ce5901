import NIOCore

/// Whoever speaks on one AMQP channel, for as long as the client lives; connections come and go below it.
/// Everything happens on the endpoint's event loop.
protocol ChannelUser: AnyObject {
    /// A connection is open; the link serves until `connectionClosed`.
    func connectionOpened(_ link: ChannelLink)
    /// A frame for this channel. An error closes the connection.
    func receive(_ frame: Frame) throws(AMQPError)
    /// The bytes of one read are used up: the time for what is done once per chunk.
    func readCompleted()
    /// The socket takes more, or the broker's alarm began or ended.
    func sendingConditionsChanged()
    /// The connection is gone.
    func connectionClosed(_ error: AMQPError)
}

extension ChannelUser {
    func readCompleted() {}
    func sendingConditionsChanged() {}
}

/// The sending side of a channel of one connection.
struct ChannelLink {
    let channel: UInt16
    let epoch: Int
    private let handler: ConnectionHandler

    init(channel: UInt16, epoch: Int, handler: ConnectionHandler) {
        self.channel = channel
        self.epoch = epoch
        self.handler = handler
    }

    var isWritable: Bool { handler.isWritable }
    var blockedReason: String? { handler.blockedReason }

    func send(_ method: ClientMethod) { handler.send(method, channel: channel) }

    func send(_ method: ClientMethod?) {
        if let method { handler.send(method, channel: channel) }
    }

    /// Throws when the message cannot be encoded; nothing of it was sent then.
    func send(_ message: AMQPMessage, messageID: String) throws(AMQPError) {
        try handler.send(message, messageID: messageID, channel: channel)
    }

    func rollback(to mark: Int) { handler.rollback(to: mark) }
    var mark: Int { handler.mark }

    func flush() { handler.flush() }

    func closeConnection(_ error: AMQPError) { handler.fail(error) }
}
