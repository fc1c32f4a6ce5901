import Domain

/// What to do with a delivery: decided here, carried out by `Worker`.
package enum DeliveryPlan: Sendable, Equatable {
    /// Run the handler.
    case handle(JobEnvelope, attempt: Int)
    /// The runtime's last delivery: run `abandon`, keep the message as a dead letter.
    case abandon(JobEnvelope, attempt: Int, reason: String)
    /// Not one of ours: keep the message as a dead letter.
    case bury(reason: String)

    /// Deliveries and retries that a job gets before it is abandoned. The broker's own limit in
    /// `topology/definitions.json` stands one higher.
    package static let maximumAttempts = 10

    /// Decides from the message and the broker's delivery count alone.
    package init(for message: WireMessage, deliveryCount: Int, from queue: WorkQueue) {
        do throws(EnvelopeError) {
            let envelope = try JobEnvelope(message, from: queue)
            let attempt = envelope.attempts + deliveryCount + 1
            self =
                attempt >= Self.maximumAttempts
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
    /// Run `abandon`, publish the dead letter, await the confirm, then ack.
    case abandon(reason: String)

    /// What the metrics call it.
    var outcome: JobMetrics.Outcome {
        switch self {
        case .ack: .done
        case .retry: .retried
        case .abandon: .dead
        }
    }

    /// Decides from how the handler ended.
    package init(_ disposition: Disposition, envelope: JobEnvelope, attempt: Int, jitter: Int) {
        switch disposition {
        case .done:
            self = .ack
        case .dead(let reason):
            self = .abandon(reason: reason)
        case .retry(_, let reason) where attempt + 1 >= DeliveryPlan.maximumAttempts:
            self = .abandon(reason: "tried \(attempt) times; the last time: \(reason)")
        case .retry(let delay, _):
            self = .retry(
                JobEnvelope(request: envelope.request, attempts: attempt),
                delay.map(DelayQueue.lasting) ?? DelayQueue.backOff(afterAttempt: attempt, jitter: jitter))
        }
    }
}
