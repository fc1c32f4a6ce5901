import Synchronization

/// The handlers that run in this process, so that they can be cancelled.
final class RunningJobs: Sendable {
    // SAFETY: the task is referred to only while it runs its handler, and every access holds the mutex: `listed` takes the
    // entry out before the handler's task can end.
    private struct Entry: @unchecked Sendable {
        let job: String
        let subject: String
        let task: UnsafeCurrentTask?
        var isCancelled = false
    }

    private struct State {
        var last = 0
        var entries: [Int: Entry] = [:]
    }

    private let state = Mutex(State())

    /// Ids of the jobs that run.
    var jobs: Set<String> { state.withLock { Set($0.entries.values.map(\.job)) } }

    /// Ends the handlers of these jobs.
    func cancel(jobs: Set<String>) { cancel { jobs.contains($0.job) } }

    /// Ends the handlers of jobs about `subject`.
    func cancel(subject: String) { cancel { $0.subject == subject } }

    private func cancel(where isMeant: (Entry) -> Bool) {
        state.withLock { state in
            for (number, entry) in state.entries.sorted(by: { $0.key < $1.key })
            where !entry.isCancelled && isMeant(entry) {
                state.entries[number]?.isCancelled = true
                entry.task?.cancel()
            }
        }
    }

    /// Runs `body` so that `cancel` ends it, and the calling task with it.
    /// - Returns: what `body` returned, and whether it was cancelled meanwhile.
    func run<Value: Sendable>(
        _ envelope: JobEnvelope, _ body: () async throws -> Value
    ) async -> (result: Result<Value, any Error>, isCancelled: Bool) {
        await withUnsafeCurrentTask { task in
            let number = add(Entry(job: envelope.request.id, subject: envelope.request.subject, task: task))
            let result: Result<Value, any Error>
            do { result = .success(try await body()) } catch { result = .failure(error) }
            return (result, remove(number)?.isCancelled ?? false)
        }
    }

    private func add(_ entry: Entry) -> Int {
        state.withLock { state in
            state.last += 1
            state.entries[state.last] = entry
            return state.last
        }
    }

    private func remove(_ number: Int) -> Entry? { state.withLock { $0.entries.removeValue(forKey: number) } }
}
