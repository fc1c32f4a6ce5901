/// All work queues: what the topic `queues` tells, and what its route answers.
package struct QueuesState: Sendable, Codable, Equatable {
    package var queues: [QueueStatus]

    package init(queues: [QueueStatus]) { self.queues = queues }

    /// Seconds by which the oldest job must have aged before its age alone is worth an event.
    static let noticeableAging = 10.0

    /// Whether somebody who knows `other` should be told of this one.
    func differsNoticeably(from other: QueuesState) -> Bool {
        guard queues.count == other.queues.count else { return true }
        return zip(queues, other.queues).contains { now, before in
            var aged = now
            // What changes with every second that passes is no news.
            aged.oldestSeconds = before.oldestSeconds
            aged.inPerSecond = before.inPerSecond
            aged.outPerSecond = before.outPerSecond
            aged.drainSeconds = before.drainSeconds
            aged.growing = before.growing
            if aged != before { return true }
            guard let age = now.oldestSeconds, let known = before.oldestSeconds else {
                return now.oldestSeconds != before.oldestSeconds
            }
            return abs(age - known) >= Self.noticeableAging
        }
    }
}
