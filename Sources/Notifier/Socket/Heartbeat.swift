/// Decides when a silent peer is asked whether it is there, and when it is gone. Times count from any fixed instant.
struct Heartbeat: Sendable {
    enum Action: Sendable, Equatable {
        /// Send a ping and ask again at this time.
        case ping(next: Duration)
        /// Ask again at this time.
        case wait(next: Duration)
        /// Nothing was heard since the ping.
        case gone
    }

    private enum State {
        case quiet
        case pinged(heard: Bool)
    }

    private let interval: Duration
    private let grace: Duration
    private var state = State.quiet

    /// - Parameters:
    ///   - interval: between two pings.
    ///   - grace: how long a ping may stay without an answer.
    init(interval: Duration, grace: Duration) {
        self.interval = interval
        self.grace = min(grace, interval)
    }

    /// The peer sent something, a pong or anything else.
    mutating func heard() {
        if case .pinged = state { state = .pinged(heard: true) }
    }

    /// What to do at `now`, the time that was asked for last.
    mutating func due(at now: Duration) -> Action {
        switch state {
        case .quiet:
            state = .pinged(heard: false)
            return .ping(next: now + grace)
        case .pinged(heard: true):
            state = .quiet
            return .wait(next: now + interval - grace)
        case .pinged(heard: false):
            return .gone
        }
    }
}
