import Jobs
import Logging
import Synchronization

/// Reads the event log into the hub, and finds its place again after an error.
struct EventLogReader {
    /// How a subscription ended.
    private enum End {
        case failed(any Error)
        case ended
        /// Nothing came from an offset that the log had: it is another log.
        case silent
    }

    /// Shared by the reader and the task that watches it.
    private final class Watch: Sendable {
        let heard = Atomic(false)
        let silent = Atomic(false)
    }

    let hub: EventHub
    private var failures = 0

    init(hub: EventHub) {
        self.hub = hub
    }

    /// Reads until cancelled.
    mutating func run() async {
        while !Task.isCancelled {
            let before = hub.lastOffset
            let end = await read()
            guard !Task.isCancelled else { return }
            failures = hub.lastOffset == before ? failures + 1 : 1
            switch end {
            case .silent:
                hub.logger.error("the event log does not go on where it was left; it is read from its beginning")
                hub.restartLog()
                continue
            case .failed(let error):
                hub.logger.warning("the event log is not read, subscribing again", metadata: ["error": "\(error)"])
            case .ended:
                hub.logger.warning("the event log's subscription ended, subscribing again")
            }
            await pause()
        }
    }

    /// Reads one subscription to its end. It begins with the last delivery, not after it: a log that is still the
    /// same answers at once with a duplicate, and one that was begun anew gives itself away by its silence.
    private func read() async -> End {
        let last = hub.lastOffset
        let subscription: BrokerSubscription
        do throws(BrokerError) {
            subscription = try await hub.broker.read(
                stream: Topology.eventLog, from: last.map { .offset($0) } ?? .first)
        } catch {
            return .failed(error)
        }
        defer { subscription.cancel() }
        guard last != nil else { return await consume(subscription, onFirst: {}) }
        return await consumeWatched(subscription)
    }

    private func consumeWatched(_ subscription: BrokerSubscription) async -> End {
        let watch = Watch()
        return await withTaskGroup(of: End?.self) { group in
            group.addTask { [limit = hub.configuration.silenceLimit] in
                do { try await Task.sleep(for: limit) } catch { return nil }
                if !watch.heard.load(ordering: .relaxed) {
                    watch.silent.store(true, ordering: .relaxed)
                    subscription.cancel()
                }
                return nil
            }
            let end = await consume(subscription, onFirst: { watch.heard.store(true, ordering: .relaxed) })
            group.cancelAll()
            return watch.silent.load(ordering: .relaxed) ? .silent : end
        }
    }

    private func consume(_ subscription: BrokerSubscription, onFirst: () -> Void) async -> End {
        do {
            var isFirst = true
            for try await delivery in subscription.deliveries {
                if isFirst { onFirst() }
                isFirst = false
                hub.ingest(delivery)
            }
            return .ended
        } catch {
            return .failed(error)
        }
    }

    /// Exponential back-off with full jitter, 5 s at most.
    private func pause() async {
        let ceiling = min(5000, 50 << min(failures, 7))
        do {
            try await Task.sleep(for: .milliseconds(Int.random(in: 1...ceiling)))
        } catch {
            // Cancelled: the loop looks next.
        }
    }
}
