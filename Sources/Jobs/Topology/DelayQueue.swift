/// The delay queues: one per delay, as a queue with a TTL expires only at its head.
///
/// A message goes to the fanout exchange of the queue's name with its work queue as routing key, lies there for the
/// delay, and dead-letters to `Topology.jobs` under that same key.
package enum DelayQueue: String, Sendable, CaseIterable {
    case oneSecond = "srto.delay.1s"
    case twoSeconds = "srto.delay.2s"
    case fiveSeconds = "srto.delay.5s"
    case tenSeconds = "srto.delay.10s"
    case thirtySeconds = "srto.delay.30s"
    case oneMinute = "srto.delay.60s"

    /// How long a message lies in it.
    package var delay: Duration {
        switch self {
        case .oneSecond: .seconds(1)
        case .twoSeconds: .seconds(2)
        case .fiveSeconds: .seconds(5)
        case .tenSeconds: .seconds(10)
        case .thirtySeconds: .seconds(30)
        case .oneMinute: .seconds(60)
        }
    }

    /// The shortest delay that is at least `duration`, or the longest there is.
    package static func lasting(_ duration: Duration) -> DelayQueue {
        allCases.first { $0.delay >= duration } ?? .oneMinute
    }
}
