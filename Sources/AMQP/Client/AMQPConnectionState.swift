/// What a connection is for. They are separate so that an alarm, which blocks publishers, does not block consumers.
public enum AMQPConnectionRole: String, Sendable, Hashable, CaseIterable {
    /// Publishes with confirms.
    case publishing
    /// Consumers.
    case consuming
    /// Declaring, deleting and asking.
    case administration
}

/// How a connection stands.
public enum AMQPConnectionState: Sendable {
    /// Not there, and why; another attempt follows. Nil before the first attempt has ended.
    case disconnected(reason: AMQPError?)
    /// Open; the epoch counts this role's connections from 1.
    case connected(epoch: Int)
    /// Open, but the broker takes no publishes (memory or disk alarm).
    case blocked(reason: String)
    /// Ended for good.
    case closed

    /// Whether bytes can go through it, of publishes or not.
    public var isConnected: Bool {
        switch self {
        case .connected, .blocked: true
        case .disconnected, .closed: false
        }
    }

    /// What the broker says of its alarm while it takes no publishes.
    public var blockedReason: String? {
        if case .blocked(let reason) = self { reason } else { nil }
    }
}

/// A connection's new state.
public struct AMQPConnectionChange: Sendable {
    /// Which connection.
    public let role: AMQPConnectionRole
    /// Its state from now on.
    public let state: AMQPConnectionState
}
