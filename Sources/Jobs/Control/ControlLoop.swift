import Domain
import Logging
import ServiceLifecycle

/// Carries out what people ask of a worker: on a signal at once, and every few seconds without one.
struct ControlLoop: Sendable {
    static let interval = Duration.seconds(5)

    let broker: any Broker
    let control: any JobControl
    let running: RunningJobs
    /// One for each queue that the worker consumes.
    let switches: [WorkQueue: ConsumerSwitch]
    let clock: any Clock<Duration>
    let logger: Logger

    /// Runs until graceful shutdown.
    func run() async {
        await cancelledAtShutdown {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await listen() }
                group.addTask { await look() }
            }
        }
    }

    private func listen() async {
        var failures = 0
        while !Task.isCancelled {
            do {
                let subscription = try await broker.listen(to: Topology.control)
                failures = 0
                defer { subscription.cancel() }
                // What was asked while nobody listened.
                try await heed()
                for try await delivery in subscription.deliveries {
                    if let subject = delivery.message.text(HeaderName.subject) { running.cancel(subject: subject) }
                    try await heed()
                }
            } catch is CancellationError {
                return
            } catch {
                failures += 1
                logger.warning("control signals not heard, listening again", metadata: ["error": "\(error)"])
                await BackOff.pause(afterFailures: failures)
            }
        }
    }

    private func look() async {
        while !Task.isCancelled {
            do {
                try await heed()
                try await clock.sleep(for: Self.interval)
            } catch is CancellationError {
                return
            } catch {
                logger.warning("not known which queues are paused", metadata: ["error": "\(error)"])
                await BackOff.pause(afterFailures: 5)
            }
        }
    }

    /// Reads what was asked, and does it.
    private func heed() async throws {
        let paused = try await control.pausedQueues()
        // In one order, whatever the dictionary's: a simulation must be able to repeat it.
        for (queue, consumerSwitch) in switches.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            if paused.contains(queue) { consumerSwitch.pause() } else { consumerSwitch.resume() }
        }
        let jobs = running.jobs
        if !jobs.isEmpty { running.cancel(jobs: try await control.cancelledJobs(among: jobs)) }
    }
}
