import NIOCore

/// Decides when to send a heartbeat and when the peer is dead: silent for two intervals.
struct HeartbeatMonitor {
    enum Verdict: Equatable { case nothing, send, dead }

    let interval: TimeAmount
    private var lastRead: NIODeadline
    private var lastWrite: NIODeadline

    /// `intervalSeconds` is what was agreed with the peer and above 0.
    init(intervalSeconds: Int, now: NIODeadline) {
        interval = .seconds(Int64(intervalSeconds))
        lastRead = now
        lastWrite = now
    }

    /// How often to ask: often enough that a heartbeat is never late.
    var tick: TimeAmount { .nanoseconds(interval.nanoseconds / 4) }

    mutating func didRead(_ now: NIODeadline) { lastRead = now }
    mutating func didWrite(_ now: NIODeadline) { lastWrite = now }

    mutating func verdict(_ now: NIODeadline) -> Verdict {
        if now - lastRead >= .nanoseconds(interval.nanoseconds * 2) { return .dead }
        if now - lastWrite >= .nanoseconds(interval.nanoseconds / 2) { return .send }
        return .nothing
    }
}
