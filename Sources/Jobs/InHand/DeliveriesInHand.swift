import Synchronization

/// The deliveries that this process has in hand.
final class DeliveriesInHand: Sendable {
    private struct State {
        var last = 0
        var deliveries: [ObjectIdentifier: (number: Int, delivery: DeliveryInHand)] = [:]
        /// Jobs that run here and whose message is with the broker, with the runs of each.
        var handedOn: [String: Int] = [:]
    }

    private let state = Mutex(State())

    /// In the order of their arrival.
    var all: [DeliveryInHand] {
        state.withLock { $0.deliveries.values.sorted { $0.number < $1.number }.map(\.delivery) }
    }

    func add(_ delivery: DeliveryInHand) {
        state.withLock { state in
            state.last += 1
            state.deliveries[ObjectIdentifier(delivery)] = (state.last, delivery)
        }
    }

    func remove(_ delivery: DeliveryInHand) {
        state.withLock { state in
            state.deliveries[ObjectIdentifier(delivery)] = nil
            guard delivery.isHandedOn, let job = delivery.plan.job else { return }
            let runs = state.handedOn[job.envelope.request.id] ?? 1
            state.handedOn[job.envelope.request.id] = runs > 1 ? runs - 1 : nil
        }
    }

    /// The job's message is with the broker while the job runs on here.
    func handedOn(_ job: String) { state.withLock { $0.handedOn[job, default: 0] += 1 } }

    /// Whether the job runs here and its message was handed on: what comes is that message.
    func isHandedOn(_ job: String) -> Bool { state.withLock { $0.handedOn[job] != nil } }
}
