import Synchronization

/// Counters since the client was made.
public struct AMQPStatistics: Sendable, Hashable {
    /// Messages written to a connection.
    public var published = 0
    /// Messages that the broker took over.
    public var confirmed = 0
    /// Messages that no queue took.
    public var returned = 0
    /// Messages that the broker refused.
    public var nacked = 0
    /// Messages received by consumers.
    public var delivered = 0
    /// Deliveries acknowledged.
    public var acked = 0
    /// Deliveries rejected or put back.
    public var rejected = 0
    /// Acks and rejects that came too late: the connection or channel of their delivery was gone, or it was settled.
    public var discardedAcks = 0
    /// Deliveries refused because their body was above the maximum.
    public var oversized = 0
    /// Connections made again after a loss.
    public var reconnects = 0
}

/// The counters behind `AMQPStatistics`.
final class StatisticsCounters: Sendable {
    private let values = Mutex(AMQPStatistics())

    var snapshot: AMQPStatistics { values.withLock { $0 } }

    func add(_ counter: any WritableKeyPath<AMQPStatistics, Int> & Sendable, _ count: Int = 1) {
        if count > 0 { values.withLock { $0[keyPath: counter] += count } }
    }
}
