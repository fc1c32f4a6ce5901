/// Runs every task of a simulation on the thread that calls `step`, one at a time, in an order that the caller decides.
// SAFETY: only that thread touches it.
final class SimExecutor: TaskExecutor, @unchecked Sendable {
    private enum Step {
        case run(UnownedJob)
        case resume(CheckedContinuation<Void, Never>)
    }

    private var ready: [Step] = []

    func enqueue(_ job: consuming ExecutorJob) { ready.append(.run(UnownedJob(job))) }

    /// Lets others go first. `Task.yield` would go by way of the machine's threads, which no seed repeats.
    func yield() async {
        await withCheckedContinuation { ready.append(.resume($0)) }
    }

    /// Steps that could be taken now.
    var readyCount: Int { ready.count }

    /// Takes one of them.
    func step(_ position: Int) {
        ready.swapAt(position, ready.count - 1)
        switch ready.removeLast() {
        case .run(let job): job.runSynchronously(on: asUnownedTaskExecutor())
        case .resume(let continuation): continuation.resume()
        }
    }
}
