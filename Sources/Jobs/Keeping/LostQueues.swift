/// Queues that the broker should have and does not, and whose jobs were lost with them.
package struct LostQueues: Sendable, Equatable {
    /// What a broker must have before a job can go its way.
    package static let expected =
        WorkQueue.allCases.map(\.rawValue) + WorkQueue.allCases.map(\.deadLetterQueue)
        + DelayQueue.allCases.map(\.rawValue)

    package let names: Set<String>

    package init(_ names: Set<String>) { self.names = names }

    /// Work queues of which a message may be gone. A delay queue holds jobs of all.
    package var affected: Set<WorkQueue> {
        if DelayQueue.allCases.contains(where: { names.contains($0.rawValue) }) { return Set(WorkQueue.allCases) }
        return Set(WorkQueue.allCases.filter { names.contains($0.rawValue) || names.contains($0.deadLetterQueue) })
    }
}
