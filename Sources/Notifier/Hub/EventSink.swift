/// Where the hub puts what a client is to get. All calls return at once, whatever the peer does.
protocol EventSink: AnyObject, Sendable {
    /// A frame of the server.
    func send(_ frame: ServerFrame)

    /// An event of a topic; may be coalesced with others while it waits.
    func offer(_ event: EncodedEvent)

    /// Ends the socket.
    func close(_ close: SocketClose)

    /// Bytes that wait for the client.
    var queuedBytes: Int { get }
}
