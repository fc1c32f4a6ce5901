import Domain
import Foundation
import Logging
import ServiceLifecycle

/// Carries one delivery from arrival to settlement.
struct JobRunner: Sendable {
    /// How long a burial may take to be recorded, while the message of the buried job waits elsewhere.
    private static let burialSeconds = 600

    let broker: any Broker
    let ledger: any JobLedger
    let inHand: DeliveriesInHand
    let running: RunningJobs
    let terms: LeaseTerms
    /// Of this process's leases.
    let holder: String
    let metrics: JobMetrics
    let logger: Logger

    /// Runs the job and settles its delivery. What the broker does not let settle is given back to it. While the
    /// catalog is away the delivery stays in hand: giving it back would use up the broker's deliveries in seconds.
    func run(_ delivery: Delivery, of queue: WorkerQueue) async {
        metrics.took(from: queue.queue)
        defer { metrics.released(to: queue.queue) }
        let delivery = DeliveryInHand(delivery, of: queue, arrived: Surroundings.current.now())
        let number = inHand.add(delivery)
        defer { inHand.remove(number) }
        var failures = 0
        while !delivery.isHandedOn {
            do {
                return try await settle(delivery)
            } catch let error as BrokerError {
                log(error, delivery, "delivery not settled, giving it back")
                await BackOff.pause(afterFailures: delivery.delivery.deliveryCount + 1)
                return await giveBack(delivery)
            } catch {
                failures += 1
                guard !Task.isCancelled, !Task.isShuttingDownGracefully else { return await giveBack(delivery) }
                log(error, delivery, "delivery not settled, trying again with it in hand")
                await BackOff.pause(afterFailures: failures)
            }
        }
    }

    private func log(_ error: any Error, _ delivery: DeliveryInHand, _ message: Logger.Message) {
        logger.error(
            message,
            metadata: [
                "queue": "\(delivery.queue.queue.rawValue)", "job": "\(delivery.delivery.message.id ?? "-")",
                "error": "\(error)",
            ])
    }

    private func settle(_ delivery: DeliveryInHand) async throws {
        guard let (envelope, attempt) = delivery.plan.job else {
            guard case .bury(let reason) = delivery.plan else { return }
            return try await bury(delivery, reason: reason, attempts: delivery.delivery.deliveryCount + 1)
        }
        // The catalog may be too busy with this very job to have taken the lease.
        if inHand.isHandedOn(envelope.request.id), !delivery.isHandedOn { return try await putOff(delivery, envelope) }
        switch try await ledger.standing(of: envelope.request.id) {
        case .applied:
            // Its last worker may have died between the effect and the ack.
            metrics.dropped(duplicateIn: delivery.queue.queue)
            try await ack(delivery)
        case .leased:
            try await putOff(delivery, envelope)
        case .open(let checkpoint):
            let run = run(of: envelope, attempt: attempt, checkpoint: checkpoint)
            if case .abandon(_, _, let reason) = delivery.plan {
                try await abandon(delivery, run, reason: reason)
            } else {
                try await handle(delivery, run)
            }
        }
    }

    private func run(of envelope: JobEnvelope, attempt: Int, checkpoint: Data?) -> WorkerQueue.Run {
        var logger = logger
        logger[metadataKey: "job"] = "\(envelope.request.id)"
        logger[metadataKey: "subject"] = "\(envelope.request.subject)"
        let (ledger, holder) = (ledger, holder)
        return WorkerQueue.Run(envelope: envelope, attempt: attempt, checkpoint: checkpoint, logger: logger) {
            try await ledger.save(checkpoint: $0, of: envelope.request.id, by: holder)
        }
    }

    private func handle(_ delivery: DeliveryInHand, _ run: WorkerQueue.Run) async throws {
        let start = Surroundings.current.now()
        let (disposition, isCancelled) = try await disposition(of: run, delivery.queue)
        let retry = delivery.queue.policy.retry
        // Being told to end is no failure: it must not be the one that has the job abandoned.
        let attempt = isCancelled ? min(run.attempt, retry.attempts - 2) : run.attempt
        let aftermath = Aftermath(
            disposition, envelope: run.envelope, attempt: attempt, retry: retry,
            jitter: Surroundings.current.random(0...1))
        metrics.ran(Surroundings.current.now() - start, aftermath.outcome, in: delivery.queue.queue)
        switch aftermath {
        case .ack:
            try await ack(delivery)
        case .retry(let next, let delay):
            run.logger.warning(
                "job is tried again", metadata: ["attempt": "\(run.attempt)", "why": "\(disposition)"])
            // The message that was handed on is the retry.
            guard await delivery.claim() else { return await endLease(of: run) }
            try await broker.publish([next.outbound(after: delay)])
            try await ack(delivery)
        case .abandon(let reason):
            try await abandon(delivery, run, reason: reason)
        }
    }

    /// What the handler made of the job. One that was cancelled says so soon in the ledger; until then it comes again.
    private func disposition(
        of run: WorkerQueue.Run, _ queue: WorkerQueue
    ) async throws -> (Disposition, isCancelled: Bool) {
        let ended = await running.run(run.envelope) { try await queue.run(run) }
        switch ended.result {
        case .success(let disposition): return (disposition, false)
        case .failure where ended.isCancelled && !Task.isCancelled:
            run.logger.notice("the job's handler was cancelled")
            let isApplied = try await ledger.isApplied(run.envelope.request.id)
            return (isApplied ? .done : .retry(after: .seconds(1), reason: "cancelled while it ran"), true)
        case .failure(let error): return (.retry(reason: "\(error)"), false)
        }
    }

    private func abandon(_ delivery: DeliveryInHand, _ run: WorkerQueue.Run, reason: String) async throws {
        // A twin of it may have had the effect meanwhile.
        if try await ledger.isApplied(run.envelope.request.id) { return try await ack(delivery) }
        run.logger.error("job is abandoned", metadata: ["why": "\(reason)"])
        let isMine = await delivery.claim()
        try await delivery.queue.abandon(run, reason)
        if !isMine {
            // Its other message would run it again before the dead letter is recorded and the mark with it.
            _ = try await ledger.lease(run.envelope.request.id, to: holder, seconds: Self.burialSeconds)
        }
        try await bury(delivery, reason: reason, attempts: run.attempt)
    }

    private func bury(_ delivery: DeliveryInHand, reason: String, attempts: Int) async throws {
        let dead = DeadLetterMessage.outbound(
            delivery.delivery.message, from: delivery.queue.queue, reason: reason, attempts: attempts,
            at: Surroundings.current.date().iso8601)
        try await broker.publish([dead])
        metrics.died(in: delivery.queue.queue)
        try await ack(delivery)
    }

    /// Another worker is at it: its message waits for that worker's end, or its death.
    private func putOff(_ delivery: DeliveryInHand, _ envelope: JobEnvelope) async throws {
        guard await delivery.claim() else { return }
        try await broker.publish([envelope.outbound(after: .lasting(terms.lease))])
        try await ack(delivery)
    }

    private func endLease(of run: WorkerQueue.Run) async {
        do {
            try await ledger.endLease(of: run.envelope.request.id, by: holder)
        } catch {
            run.logger.info("a lease was not ended; it ends by itself", metadata: ["error": "\(error)"])
        }
    }

    private func ack(_ delivery: DeliveryInHand) async throws {
        guard await delivery.claim() else { return }
        try await delivery.delivery.ack()
        metrics.acked(delivery.queue.queue)
    }

    private func giveBack(_ delivery: DeliveryInHand) async {
        guard await delivery.claim() else { return }
        do {
            try await delivery.delivery.requeue()
        } catch {
            logger.warning(
                "delivery not given back; the broker delivers it again when it sees the connection gone",
                metadata: ["error": "\(error)"])
        }
    }
}
