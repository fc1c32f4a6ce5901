import Synchronization

/// The handlers that run in this process, so that they can be cancelled.
final class RunningJobs: Sendable {
    private struct Entry {
        let job: String
        let subject: String
        let cancel: @Sendable () -> Void
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
        let cancels = state.withLock { state in
            var cancels: [@Sendable () -> Void] = []
            for (number, entry) in state.entries where !entry.isCancelled && isMeant(entry) {
                state.entries[number]?.isCancelled = true
                cancels.append(entry.cancel)
            }
            return cancels
        }
        for cancel in cancels { cancel() }
    }

    /// Runs `body` in a child task that `cancel` ends.
    /// - Returns: what `body` returned, and whether it was cancelled meanwhile.
    func run<Value: Sendable>(
        _ envelope: JobEnvelope, _ body: @Sendable @escaping () async throws -> Value
    ) async -> (result: Result<Value, any Error>, isCancelled: Bool) {
        let (told, teller) = AsyncStream.makeStream(of: Void.self)
        let number = state.withLock { state in
            state.last += 1
            state.entries[state.last] = Entry(
                job: envelope.request.id, subject: envelope.request.subject, cancel: { teller.yield() })
            return state.last
        }
        let result = await withTaskGroup(of: Result<Value, any Error>?.self) { group in
            group.addTask {
                do { return .success(try await body()) } catch { return .failure(error) }
            }
            group.addTask {
                for await _ in told { return nil }
                return nil
            }
            // The body's result, or that it was told to end: then its result is still to come.
            var result = await group.next() ?? nil
            group.cancelAll()
            if result == nil { result = await group.next() ?? nil }
            return result ?? .failure(CancellationError())
        }
        let entry = state.withLock { $0.entries.removeValue(forKey: number) }
        return (result, entry?.isCancelled ?? false)
    }
}
