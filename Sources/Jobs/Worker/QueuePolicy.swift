/// How the jobs of one work queue are run and tried again.
package struct QueuePolicy: Sendable, Equatable {
    /// Jobs at once in this process; also the prefetch.
    package var concurrency: Int
    package var retry: RetryPolicy

    package init(concurrency: Int, retry: RetryPolicy = RetryPolicy()) {
        self.concurrency = max(1, concurrency)
        self.retry = retry
    }
}

/// How often, and after which delays, a job that fails is tried again.
package struct RetryPolicy: Sendable, Equatable {
    /// The broker's own delivery limit in `topology/definitions.json` stands one higher than the most attempts there can be.
    package static let mostAttempts = 10

    /// Deliveries and retries that a job gets before it is abandoned.
    package var attempts: Int
    /// The delay before the second attempt; each later one is twice as long.
    package var first: Duration
    /// No delay is longer, and none is longer than the slowest delay queue's minute.
    package var cap: Duration

    package init(
        attempts: Int = RetryPolicy.mostAttempts, first: Duration = .seconds(1), cap: Duration = .seconds(60)
    ) {
        self.attempts = min(max(2, attempts), Self.mostAttempts)
        self.first = first
        self.cap = cap
    }

    /// The delay before attempt `attempt + 1`. `jitter` (0 or 1) picks among two neighbours, so that jobs which failed
    /// together do not return together.
    package func delay(afterAttempt attempt: Int, jitter: Int) -> DelayQueue {
        let doublings = min(max(0, attempt - 1), 16)
        let steps = DelayQueue.allCases
        let wanted = DelayQueue.lasting(min(first * (1 << doublings), cap))
        let last = steps.firstIndex(of: .lasting(cap)) ?? steps.count - 1
        let step = (steps.firstIndex(of: wanted) ?? 0) + (jitter & 1)
        return steps[min(step, last)]
    }
}
