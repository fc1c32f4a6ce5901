import Metrics

/// The instruments of one work queue.
struct QueueMetrics: Sendable {
    private let consumedCounter: Counter
    private let ackedCounter: Counter
    private let retriedCounter: Counter
    private let deadCounter: Counter
    private let duplicatesCounter: Counter
    private let inFlight: Meter
    private let doneSeconds: Timer
    private let retriedSeconds: Timer
    private let laterSeconds: Timer
    private let deadSeconds: Timer

    init(_ queue: WorkQueue, _ factory: any MetricsFactory) {
        let labels = [("queue", queue.rawValue)]
        func counter(_ name: JobMetrics.Name) -> Counter {
            Counter(label: name.rawValue, dimensions: labels, factory: factory)
        }
        func seconds(_ outcome: JobMetrics.Outcome) -> Timer {
            Timer(
                label: JobMetrics.Name.seconds.rawValue, dimensions: labels + [("outcome", outcome.rawValue)],
                factory: factory)
        }
        consumedCounter = counter(.consumed)
        ackedCounter = counter(.acked)
        retriedCounter = counter(.retried)
        deadCounter = counter(.dead)
        duplicatesCounter = counter(.duplicates)
        inFlight = Meter(label: JobMetrics.Name.inFlight.rawValue, dimensions: labels, factory: factory)
        doneSeconds = seconds(.done)
        retriedSeconds = seconds(.retried)
        laterSeconds = seconds(.later)
        deadSeconds = seconds(.dead)
    }

    /// A worker took a delivery.
    func took() {
        consumedCounter.increment()
        inFlight.increment(by: 1)
    }

    /// The worker has done with it, whether it settled it or gave it back.
    func released() { inFlight.decrement(by: 1) }

    func acked() { ackedCounter.increment() }

    func droppedDuplicate() { duplicatesCounter.increment() }

    func died() { deadCounter.increment() }

    /// A handler ran.
    func ran(_ duration: Duration, _ outcome: JobMetrics.Outcome) {
        let (seconds, attoseconds) = duration.components
        timer(of: outcome).recordNanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
        if outcome == .retried { retriedCounter.increment() }
    }

    private func timer(of outcome: JobMetrics.Outcome) -> Timer {
        switch outcome {
        case .done: doneSeconds
        case .retried: retriedSeconds
        case .later: laterSeconds
        case .dead: deadSeconds
        }
    }
}
