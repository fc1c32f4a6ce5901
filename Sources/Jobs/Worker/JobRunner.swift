import Domain
import Foundation
import Logging
import ServiceLifecycle

/// Carries one delivery from arrival to settlement.
struct JobRunner: Sendable {
    let broker: any Broker
    let ledger: any JobLedger
    let running: RunningJobs
    let metrics: JobMetrics
    let logger: Logger

    /// Runs the job and settles its delivery. What the broker does not let settle is given back to it. While the
    /// catalog is away the delivery stays in hand: giving it back would use up the broker's deliveries in seconds.
    func run(_ delivery: Delivery, of queue: WorkerQueue) async {
        metrics.took(from: queue.queue)
        defer { metrics.released(to: queue.queue) }
        var failures = 0
        while true {
            do {
                return try await settle(delivery, of: queue)
            } catch let error as BrokerError {
                log(error, delivery, of: queue, "delivery not settled, giving it back")
                await BackOff.pause(afterFailures: delivery.deliveryCount + 1)
                return await giveBack(delivery)
            } catch {
                failures += 1
                guard !Task.isCancelled, !Task.isShuttingDownGracefully else { return await giveBack(delivery) }
                log(error, delivery, of: queue, "delivery not settled, trying again with it in hand")
                await BackOff.pause(afterFailures: failures)
            }
        }
    }

    private func log(_ error: any Error, _ delivery: Delivery, of queue: WorkerQueue, _ message: Logger.Message) {
        logger.error(
            message,
            metadata: [
                "queue": "\(queue.queue.rawValue)", "job": "\(delivery.message.id ?? "-")", "error": "\(error)",
            ])
    }

    private func settle(_ delivery: Delivery, of queue: WorkerQueue) async throws {
        let plan = DeliveryPlan(
            for: delivery.message, deliveryCount: delivery.deliveryCount, from: queue.queue)
        switch plan {
        case .bury(let reason):
            try await bury(delivery, of: queue, reason: reason, attempts: delivery.deliveryCount + 1)
        case .abandon(let envelope, let attempt, let reason):
            // Its last worker may have died between the effect and the ack.
            if try await ledger.isApplied(envelope.request.id) {
                try await drop(delivery, of: queue)
            } else {
                try await abandon(delivery, envelope, of: queue, attempt: attempt, reason: reason)
            }
        case .handle(let envelope, let attempt):
            if try await ledger.isApplied(envelope.request.id) {
                try await drop(delivery, of: queue)
            } else {
                try await handle(delivery, envelope, of: queue, attempt: attempt)
            }
        }
    }

    private func handle(
        _ delivery: Delivery, _ envelope: JobEnvelope, of queue: WorkerQueue, attempt: Int
    ) async throws {
        let start = Surroundings.current.now()
        let disposition = try await disposition(of: envelope, queue, attempt)
        let aftermath = Aftermath(
            disposition, envelope: envelope, attempt: attempt, jitter: Surroundings.current.random(0...1))
        metrics.ran(Surroundings.current.now() - start, aftermath.outcome, in: queue.queue)
        switch aftermath {
        case .ack:
            try await ack(delivery, of: queue)
        case .retry(let next, let delay):
            logger.warning(
                "job is tried again",
                metadata: ["job": "\(next.request.id)", "attempt": "\(attempt)", "why": "\(disposition)"])
            var outbound = next.outbound
            outbound.exchange = delay.rawValue
            try await broker.publish([outbound])
            try await ack(delivery, of: queue)
        case .abandon(let reason):
            try await abandon(delivery, envelope, of: queue, attempt: attempt, reason: reason)
        }
    }

    /// What the handler made of the job. One that was cancelled says so soon in the ledger; until then it comes again.
    private func disposition(
        of envelope: JobEnvelope, _ queue: WorkerQueue, _ attempt: Int
    ) async throws -> Disposition {
        let logger = logger(for: envelope)
        let run = await running.run(envelope) { try await queue.run(envelope, attempt, logger) }
        switch run.result {
        case .success(let disposition): return disposition
        case .failure where run.isCancelled && !Task.isCancelled:
            logger.notice("the job's handler was cancelled")
            return try await ledger.isApplied(envelope.request.id)
                ? .done : .retry(after: .seconds(1), reason: "cancelled while it ran")
        case .failure(let error): return .retry(reason: "\(error)")
        }
    }

    private func abandon(
        _ delivery: Delivery, _ envelope: JobEnvelope, of queue: WorkerQueue, attempt: Int, reason: String
    ) async throws {
        logger.error("job is abandoned", metadata: ["job": "\(envelope.request.id)", "why": "\(reason)"])
        try await queue.abandon(envelope, attempt, reason, logger(for: envelope))
        try await bury(delivery, of: queue, reason: reason, attempts: attempt)
    }

    private func bury(
        _ delivery: Delivery, of queue: WorkerQueue, reason: String, attempts: Int
    ) async throws {
        let dead = DeadLetterMessage.outbound(
            delivery.message, from: queue.queue, reason: reason, attempts: attempts,
            at: Surroundings.current.date().iso8601)
        try await broker.publish([dead])
        metrics.died(in: queue.queue)
        try await ack(delivery, of: queue)
    }

    /// The job had its effect before.
    private func drop(_ delivery: Delivery, of queue: WorkerQueue) async throws {
        metrics.dropped(duplicateIn: queue.queue)
        try await ack(delivery, of: queue)
    }

    private func ack(_ delivery: Delivery, of queue: WorkerQueue) async throws {
        try await delivery.ack()
        metrics.acked(queue.queue)
    }

    private func giveBack(_ delivery: Delivery) async {
        do {
            try await delivery.requeue()
        } catch {
            logger.warning(
                "delivery not given back; the broker delivers it again when it sees the connection gone",
                metadata: ["error": "\(error)"])
        }
    }

    private func logger(for envelope: JobEnvelope) -> Logger {
        var logger = logger
        logger[metadataKey: "job"] = "\(envelope.request.id)"
        logger[metadataKey: "subject"] = "\(envelope.request.subject)"
        return logger
    }
}
