/// Limits and times of the events endpoint.
package struct NotifierConfiguration: Sendable {
    /// Where the endpoint lies.
    package var path = "/api/events"
    /// Origins that browsers may come from besides the server's own, as they send them: `https://console.example.com`.
    package var allowedOrigins: Set<String> = []
    /// Open sockets in all.
    package var maxSockets = 10_000
    package var maxSocketsPerUser = 50
    /// Open sockets that have shown no token yet: strangers cannot take the places of users.
    package var maxSocketsWithoutToken = 500
    package var maxTopicsPerSocket = 200
    /// The largest frame that a client may send, bytes; also the largest message of several frames.
    package var maxFrameBytes = 65_536
    /// What may wait for one client before events are coalesced and then the socket is closed, bytes.
    package var maxQueueBytes = 1 << 20
    /// What may lie between a socket's queue and its peer, bytes; the system's own buffers come on top.
    package var maxBufferedBytes = 65_536
    package var subscribeFramesPerSecond = 20
    /// Bad frames after which a socket is closed.
    package var maxFaults = 10
    /// Time between pings.
    package var heartbeat = Duration.seconds(25)
    /// How long a ping may stay without an answer.
    package var pongGrace = Duration.seconds(8)
    /// How long a client may take to show a token.
    package var authenticationDeadline = Duration.seconds(10)
    /// How long a peer may take to answer the close of a socket.
    package var closeDeadline = Duration.seconds(5)
    /// On shutdown clients are asked back within this time, each with a delay of its own.
    package var reconnectSpread = Duration.seconds(10)

    package init() {}
}
