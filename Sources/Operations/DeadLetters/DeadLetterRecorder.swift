package import Catalog
import Domain
import Foundation
package import Jobs
package import Logging
import ServiceLifecycle

/// Carries dead letters from their queues into the catalog, where they are listed, explained and replayed.
///
/// A message is acknowledged only when the catalog has it. While the catalog cannot take it, it stays in hand: giving
/// it back would count a delivery each time. A job that the broker gave up by itself goes back once more to be abandoned: what
/// waits for it must learn that it will not come.
package struct DeadLetterRecorder: Service {
    /// Messages in hand at a time, per queue.
    static let prefetch = 16

    private let broker: any Broker
    private let catalog: any Catalog
    private let logger: Logger

    package init(broker: any Broker, catalog: any Catalog, logger: Logger) {
        self.broker = broker
        self.catalog = catalog
        self.logger = logger
    }

    /// Records until graceful shutdown: consumers are cancelled, the letters in hand are recorded, then it returns.
    package func run() async throws {
        await withTaskGroup(of: Void.self) { group in
            for queue in WorkQueue.allCases {
                group.addTask { await consume(queue) }
            }
        }
    }

    private func consume(_ queue: WorkQueue) async {
        let loop = ConsumerLoop(
            broker: broker, queue: queue.deadLetterQueue, prefetch: Self.prefetch, logger: logger)
        await loop.run { subscription in
            for try await delivery in subscription.deliveries {
                await record(delivery, from: queue)
            }
        }
    }

    /// Tries until the catalog has the letter; at shutdown one that it cannot take stays with the broker.
    private func record(_ delivery: Delivery, from queue: WorkQueue) async {
        let letter = DeadLetter(delivery, from: queue, now: Date.now.iso8601)
        let saysWhen = delivery.message.text(HeaderName.deadAt) != nil
        let cameBefore = delivery.deliveryCount > 0
        var failures = 0
        while !Task.isCancelled {
            do {
                if let chance = DeadLetterMessage.toAbandon(delivery.message, from: queue) {
                    try await broker.publish([chance])
                    await acknowledge(delivery)
                    return
                }
                try await catalog.write { writer in
                    guard let letter = try Self.unrecorded(letter, saysWhen, cameBefore, writer) else { return }
                    try writer.record(letter)
                }
                await acknowledge(delivery)
                return
            } catch {
                failures += 1
                logger.error(
                    "dead letter not recorded",
                    metadata: ["queue": "\(queue.rawValue)", "job": "\(letter.jobID)", "error": "\(error)"])
                if Task.isShuttingDownGracefully { return }
                await BackOff.pause(afterFailures: failures)
            }
        }
    }

    private func acknowledge(_ delivery: Delivery) async {
        do {
            try await delivery.ack()
        } catch {
            logger.warning(
                "dead letter not acknowledged; it comes again and is recognised",
                metadata: ["job": "\(delivery.message.id ?? "-")", "error": "\(error)"])
        }
    }

    /// The letter as it must be recorded so that the catalog, which knows letters by queue, job and time of death,
    /// keeps each one once: nil when it is there already, with a later instant when another one took its place.
    private static func unrecorded(
        _ letter: DeadLetter, _ saysWhen: Bool, _ cameBefore: Bool, _ reader: any CatalogReader
    ) throws -> DeadLetter? {
        // Our own letters name their job and the time: the catalog recognises those by itself.
        if saysWhen, !letter.jobID.isEmpty { return letter }
        let twins = try reader.deadLetters(queue: letter.queue, limit: 1000).filter { $0.jobID == letter.jobID }
        if twins.contains(where: { $0.body == letter.body && ($0.diedAt == letter.diedAt || (cameBefore && !saysWhen)) }
        ) {
            return nil
        }
        var place = 0
        var apart = letter
        while twins.contains(where: { $0.diedAt == apart.diedAt }) {
            // Digits below the millisecond keep it the same instant to whoever reads it.
            place += 1
            apart.diedAt = letter.diedAt.replacing("Z", with: String(1000 + place).dropFirst() + "Z")
        }
        return apart
    }
}
