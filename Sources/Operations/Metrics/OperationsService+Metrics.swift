import Catalog
import Jobs

extension OperationsService {
    /// How long a broker that is away may hold up an exposition.
    private static let patience = Duration.seconds(2)

    /// The outbox and the queues as they are now. What cannot be read is left out, as Prometheus wants it.
    package func metricSamples() async -> [MetricSample] {
        await outboxSamples() + (await queueSamples())
    }

    private func outboxSamples() async -> [MetricSample] {
        do {
            let outbox = try await catalog.read { try $0.outboxState() }
            return [
                MetricSample(
                    "srto_outbox_entries", .gauge, help: "Jobs and events that wait for the broker.",
                    value: Double(outbox.entries)),
                MetricSample(
                    "srto_outbox_oldest_seconds", .gauge, help: "Age of the oldest of them.",
                    value: outbox.oldestSeconds),
            ]
        } catch {
            return []
        }
    }

    private func queueSamples() async -> [MetricSample] {
        let state = await withTaskGroup(of: QueuesState?.self) { group in
            group.addTask {
                do {
                    return try await sampleQueues()
                } catch {
                    // Left out, as the doc says; `/health` tells what is away.
                    return nil
                }
            }
            group.addTask {
                do { try await Task.sleep(for: Self.patience) } catch { /* cancelled: the answer came first */  }
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
        return (state?.queues ?? []).flatMap(Self.samples)
    }

    private static func samples(of queue: QueueStatus) -> [MetricSample] {
        [
            ("ready", "Jobs that wait for a worker.", Double(queue.ready)),
            ("unacked", "Jobs in a worker's hands or between attempts.", Double(queue.unacked)),
            ("consumers", "Consumers of the queue.", Double(queue.consumers)),
            ("dead", "Dead letters that nobody replayed.", Double(queue.dead)),
            ("oldest_seconds", "Age of the oldest job without effect, 0 when there is none.", queue.oldestSeconds ?? 0),
        ].map { name, help, value in
            MetricSample(
                "srto_queue_\(name)", .gauge, help: help, labels: [MetricLabel("queue", queue.name)], value: value)
        }
    }
}
