import Domain
package import Metrics

/// What the job runtime counts of each work queue.
package struct JobMetrics: Sendable {
    /// How a run of a handler ended, as the label `outcome` says it.
    enum Outcome: String, CaseIterable {
        case done, retried, dead
    }

    private struct Instruments: Sendable {
        let consumed: Counter
        let acked: Counter
        let retried: Counter
        let dead: Counter
        let duplicates: Counter
        let inFlight: Meter
        let seconds: [Outcome: Timer]

        init(_ queue: WorkQueue, _ factory: any MetricsFactory) {
            let labels = [("queue", queue.rawValue)]
            func counter(_ name: Name) -> Counter {
                Counter(label: name.rawValue, dimensions: labels, factory: factory)
            }
            consumed = counter(.consumed)
            acked = counter(.acked)
            retried = counter(.retried)
            dead = counter(.dead)
            duplicates = counter(.duplicates)
            inFlight = Meter(label: Name.inFlight.rawValue, dimensions: labels, factory: factory)
            seconds = Dictionary(
                uniqueKeysWithValues: Outcome.allCases.map { outcome in
                    let timer = Timer(
                        label: Name.seconds.rawValue, dimensions: labels + [("outcome", outcome.rawValue)],
                        factory: factory)
                    return (outcome, timer)
                })
        }
    }

    /// The metrics' names.
    package enum Name: String, CaseIterable, Sendable {
        case consumed = "srto_jobs_consumed_total"
        case acked = "srto_jobs_acked_total"
        case retried = "srto_jobs_retried_total"
        case dead = "srto_jobs_dead_total"
        case duplicates = "srto_jobs_duplicates_total"
        case inFlight = "srto_jobs_in_flight"
        case seconds = "srto_job_seconds"

        /// One line for whoever reads the exposition.
        package var help: String {
            switch self {
            case .consumed: "Deliveries that a worker took from a work queue."
            case .acked: "Deliveries acknowledged: their effect, retry or dead letter is safe."
            case .retried: "Attempts that ended in another one after a delay."
            case .dead: "Jobs given up and kept as dead letters."
            case .duplicates: "Deliveries dropped because their job had its effect already."
            case .inFlight: "Deliveries in a worker's hands."
            case .seconds: "Seconds that a handler ran, by how it ended."
            }
        }
    }

    private let instruments: [WorkQueue: Instruments]

    /// - Parameter factory: where the instruments are kept.
    package init(factory: any MetricsFactory) {
        instruments = Dictionary(
            uniqueKeysWithValues: WorkQueue.allCases.map { ($0, Instruments($0, factory)) })
    }

    /// A worker took a delivery.
    func took(from queue: WorkQueue) {
        instruments[queue]?.consumed.increment()
        instruments[queue]?.inFlight.increment(by: 1)
    }

    /// The worker has done with it, whether it settled it or gave it back.
    func released(to queue: WorkQueue) { instruments[queue]?.inFlight.decrement(by: 1) }

    func acked(_ queue: WorkQueue) { instruments[queue]?.acked.increment() }

    func dropped(duplicateIn queue: WorkQueue) { instruments[queue]?.duplicates.increment() }

    func died(in queue: WorkQueue) { instruments[queue]?.dead.increment() }

    /// A handler ran.
    func ran(_ duration: Duration, _ outcome: Outcome, in queue: WorkQueue) {
        let (seconds, attoseconds) = duration.components
        instruments[queue]?.seconds[outcome]?.recordNanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
        if outcome == .retried { instruments[queue]?.retried.increment() }
    }
}
