import Domain

/// What to do with a delivery: decided here, carried out by `Worker`.
package enum DeliveryPlan: Sendable, Equatable {
    /// Run the handler.
    case handle(JobEnvelope, attempt: Int)
    /// The runtime's last delivery: run `abandon`, keep the message as a dead letter.
    case abandon(JobEnvelope, attempt: Int, reason: String)
    /// Not one of ours: keep the message as a dead letter.
    case bury(reason: String)

    /// The job and the number of this attempt; nil for a stranger.
    var job: (envelope: JobEnvelope, attempt: Int)? {
        switch self {
        case .handle(let envelope, let attempt), .abandon(let envelope, let attempt, _): (envelope, attempt)
        case .bury: nil
        }
    }

    /// Decides from the message and the broker's delivery count alone.
    package init(for message: WireMessage, deliveryCount: Int, from queue: WorkQueue, retry: RetryPolicy) {
        do throws(EnvelopeError) {
            let envelope = try JobEnvelope(message, from: queue)
            let attempt = envelope.attempts + deliveryCount + 1
            self =
                attempt >= retry.attempts
                ? .abandon(envelope, attempt: attempt, reason: "delivered \(attempt) times without an end")
                : .handle(envelope, attempt: attempt)
        } catch {
            self = .bury(reason: error.description)
        }
    }
}

/// What follows a handler's run: decided here, carried out by `Worker`.
package enum Aftermath: Sendable, Equatable {
    case ack
    /// Publish to the delay queue, await the confirm, then ack.
    case retry(JobEnvelope, DelayQueue)
    /// As a retry, but the run does not count.
    case later(JobEnvelope, DelayQueue)
    /// Run `abandon`, publish the dead letter, await the confirm, then ack.
    case abandon(reason: String)

    /// What the metrics call it.
    var outcome: JobMetrics.Outcome {
        switch self {
        case .ack: .done
        case .retry: .retried
        case .later: .later
        case .abandon: .dead
        }
    }

    /// Decides from how the handler ended.
    package init(
        _ disposition: Disposition, envelope: JobEnvelope, attempt: Int, retry: RetryPolicy,
        jitter: @autoclosure () -> Int
    ) {
        switch disposition {
        case .done:
            self = .ack
        case .dead(let reason):
            self = .abandon(reason: reason)
        case .later(let delay, _):
            self = .later(JobEnvelope(request: envelope.request, attempts: attempt - 1), .lasting(delay))
        case .retry(_, let reason) where attempt + 1 >= retry.attempts:
            self = .abandon(reason: "tried \(attempt) times; the last time: \(reason)")
        case .retry(let delay, _):
            self = .retry(
                JobEnvelope(request: envelope.request, attempts: attempt),
                delay.map(DelayQueue.lasting) ?? retry.delay(afterAttempt: attempt, jitter: jitter()))
        }
    }
}
