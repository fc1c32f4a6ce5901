import Jobs

/// How the jobs of each work queue are run: `queue.NAME.concurrency`, `queue.NAME.retry.attempts`,
/// `queue.NAME.retry.first.seconds`, `queue.NAME.retry.cap.seconds`; and from when on a job counts as long.
struct QueueSettings: Sendable {
    /// The specification's bound (8.3) on import work at once in one process.
    static let mostImportWorkers = 10

    private let policies: [WorkQueue: QueuePolicy]
    let terms: LeaseTerms

    /// - Parameter number: reads a setting, given its default and what it may be.
    init(number: (_ key: String, _ fallback: Int, _ range: ClosedRange<Int>) -> Int) {
        policies = Dictionary(
            uniqueKeysWithValues: WorkQueue.allCases.map { queue in
                let name = "queue.\(queue.rawValue)"
                let retry = RetryPolicy(
                    attempts: number("\(name).retry.attempts", RetryPolicy.mostAttempts, 2...RetryPolicy.mostAttempts),
                    first: .seconds(number("\(name).retry.first.seconds", 1, 1...60)),
                    cap: .seconds(number("\(name).retry.cap.seconds", 60, 1...60)))
                return (
                    queue,
                    QueuePolicy(
                        concurrency: number("\(name).concurrency", Self.fallback(queue), 1...Self.mostImportWorkers),
                        retry: retry)
                )
            })
        terms = LeaseTerms(
            handOnAfter: .seconds(number("job.hand.on.seconds", 600, 2...86_400)),
            lease: .seconds(number("job.lease.seconds", 60, 3...3600)))
    }

    /// How the jobs of a queue are run.
    func policy(_ queue: WorkQueue) -> QueuePolicy { policies[queue] ?? QueuePolicy(concurrency: 1) }

    /// What no single setting shows.
    var faults: [String] {
        let workers = WorkQueue.allCases.filter(\.isImport).reduce(0) { $0 + policy($1).concurrency }
        guard workers > Self.mostImportWorkers else { return [] }
        return [
            "the import queues have \(workers) jobs at once in all and may have \(Self.mostImportWorkers): lower "
                + "srto.queue.import.*.concurrency"
        ]
    }

    private static func fallback(_ queue: WorkQueue) -> Int {
        switch queue {
        // A second one beside it would only wait for the provider.
        case .importRollback, .snapshotRegenerateInteractive, .catalogGeocode: 1
        // A small merge goes past a huge one: only their transactions wait for each other.
        case .importMerge: 3
        // Two on two cores, and one that waits for the disk or the catalog.
        case .importValidateChunk: 3
        // It holds the keys of all of a session's rows, and takes two seconds for three million.
        case .importResolve: 1
        case .importValidateSchema, .snapshotRegenerate: 2
        }
    }
}

extension WorkQueue {
    fileprivate var isImport: Bool { rawValue.hasPrefix("import.") }
}
