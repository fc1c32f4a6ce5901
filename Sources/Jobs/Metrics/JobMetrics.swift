import Domain
package import Metrics

/// What the job runtime counts of each work queue.
package struct JobMetrics: Sendable {
    /// How a run of a handler ended, as the label `outcome` says it.
    enum Outcome: String, CaseIterable {
        case done, retried, later, dead
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

    private let queues: [WorkQueue: QueueMetrics]

    /// - Parameter factory: where the instruments are kept.
    package init(factory: any MetricsFactory) {
        queues = Dictionary(uniqueKeysWithValues: WorkQueue.allCases.map { ($0, QueueMetrics($0, factory)) })
    }

    /// What is counted of the queue; to be kept by who counts often.
    func of(_ queue: WorkQueue) -> QueueMetrics { queues[queue] ?? QueueMetrics(queue, NOOPMetricsHandler.instance) }
}
