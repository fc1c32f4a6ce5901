import Domain
import Foundation
import Logging
import ServiceLifecycle

/// What became of a delivery that was run.
enum RunEnd: Sendable {
    case settled
    /// There was nothing left to settle: the job ran long, and the broker got its message again.
    case handedOn
    /// Left for `JobRunner.settle`, in another task.
    case cancelled(CancelledRun)
}

/// A run that was told to end, and with it the task that it ran in.
struct CancelledRun: Sendable {
    fileprivate let delivery: DeliveryInHand
    fileprivate let run: WorkerQueue.Run
    fileprivate let result: Result<Disposition, any Error>
    fileprivate let start: Duration
}

/// Carries deliveries of one queue from arrival to settlement.
struct JobRunner: Sendable {
    /// How long a burial may take to be recorded, while the message of the buried job waits elsewhere.
    private static let burialSeconds = 600

    let queue: WorkerQueue
    let broker: any Broker
    let ledger: any JobLedger
    let inHand: DeliveriesInHand
    let running: RunningJobs
    let terms: LeaseTerms
    /// Of this process's leases.
    let holder: String
    let metrics: QueueMetrics
    let logger: Logger

    /// Runs the job and settles its delivery. What the broker does not let settle is given back to it. While the
    /// catalog is away the delivery stays in hand: giving it back would use up the broker's deliveries in seconds.
    ///
    /// - Parameter whenHandedOn: told, while the job goes on, that the broker has its message again.
    func run(_ delivery: Delivery, whenHandedOn: @escaping @Sendable () -> Void) async -> RunEnd {
        metrics.took()
        let delivery = DeliveryInHand(
            delivery, of: queue, arrived: Surroundings.current.now(), whenHandedOn: whenHandedOn)
        inHand.add(delivery)
        if let cancelled = await untilSettled(delivery, { try await settle(delivery) }) { return .cancelled(cancelled) }
        release(delivery)
        return delivery.isHandedOn ? .handedOn : .settled
    }

    /// Settles the delivery of a run that was cancelled; true when it was handed on meanwhile.
    func settle(_ cancelled: CancelledRun) async -> Bool {
        _ = await untilSettled(cancelled.delivery) {
            try await conclude(cancelled)
            return nil
        }
        release(cancelled.delivery)
        return cancelled.delivery.isHandedOn
    }

    private func release(_ delivery: DeliveryInHand) {
        inHand.remove(delivery)
        metrics.released()
    }

    private func untilSettled(
        _ delivery: DeliveryInHand, _ settle: () async throws -> CancelledRun?
    ) async -> CancelledRun? {
        var failures = 0
        repeat {
            do {
                return try await settle()
            } catch let error as BrokerError {
                log(error, delivery, "delivery not settled, giving it back")
                await BackOff.pause(afterFailures: delivery.delivery.deliveryCount + 1)
                await giveBack(delivery)
                return nil
            } catch {
                failures += 1
                guard !Task.isCancelled, !Task.isShuttingDownGracefully else {
                    await giveBack(delivery)
                    return nil
                }
                log(error, delivery, "delivery not settled, trying again with it in hand")
                await BackOff.pause(afterFailures: failures)
            }
        } while !delivery.isHandedOn
        return nil
    }

    private func log(_ error: any Error, _ delivery: DeliveryInHand, _ message: Logger.Message) {
        logger.error(
            message,
            metadata: [
                "queue": "\(queue.queue.rawValue)", "job": "\(delivery.delivery.message.id ?? "-")",
                "error": "\(error)",
            ])
    }

    private func settle(_ delivery: DeliveryInHand) async throws -> CancelledRun? {
        guard let (envelope, attempt) = delivery.plan.job else {
            guard case .bury(let reason) = delivery.plan else { return nil }
            try await bury(delivery, reason: reason, attempts: delivery.delivery.deliveryCount + 1)
            return nil
        }
        // The catalog may be too busy with this very job to have taken the lease.
        if inHand.isHandedOn(envelope.request.id), !delivery.isHandedOn {
            try await putOff(delivery, envelope)
            return nil
        }
        switch try await ledger.standing(of: envelope.request.id) {
        case .applied:
            // Its last worker may have died between the effect and the ack.
            metrics.droppedDuplicate()
            try await ack(delivery)
        case .leased:
            try await putOff(delivery, envelope)
        case .open(let checkpoint):
            let run = run(of: envelope, attempt: attempt, checkpoint: checkpoint)
            if case .abandon(_, _, let reason) = delivery.plan {
                try await abandon(delivery, run, reason: reason)
            } else {
                return try await handle(delivery, run)
            }
        }
        return nil
    }

    private func run(of envelope: JobEnvelope, attempt: Int, checkpoint: Data?) -> WorkerQueue.Run {
        let (ledger, holder) = (ledger, holder)
        return WorkerQueue.Run(envelope: envelope, attempt: attempt, checkpoint: checkpoint, plainLogger: logger) {
            try await ledger.save(checkpoint: $0, of: envelope.request.id, by: holder)
        }
    }

    private func handle(_ delivery: DeliveryInHand, _ run: WorkerQueue.Run) async throws -> CancelledRun? {
        let start = Surroundings.current.now()
        let ended = await running.run(run.envelope) { try await queue.run(run) }
        guard !ended.isCancelled else {
            return CancelledRun(delivery: delivery, run: run, result: ended.result, start: start)
        }
        let disposition = Disposition(ended.result)
        try await conclude(delivery, run, disposition, attempt: run.attempt, start)
        return nil
    }

    /// One that was cancelled says so soon in the ledger; until then it comes again.
    private func conclude(_ cancelled: CancelledRun) async throws {
        let (delivery, run) = (cancelled.delivery, cancelled.run)
        guard case .failure = cancelled.result, !Task.isCancelled else {
            let disposition = Disposition(cancelled.result)
            return try await conclude(delivery, run, disposition, attempt: run.attempt, cancelled.start)
        }
        run.logger.notice("the job's handler was cancelled")
        let isApplied = try await ledger.isApplied(run.envelope.request.id)
        try await conclude(
            delivery, run, isApplied ? .done : .retry(after: .seconds(1), reason: "cancelled while it ran"),
            // Being told to end is no failure: it must not be the one that has the job abandoned.
            attempt: min(run.attempt, queue.policy.retry.attempts - 2), cancelled.start)
    }

    private func conclude(
        _ delivery: DeliveryInHand, _ run: WorkerQueue.Run, _ disposition: Disposition, attempt: Int, _ start: Duration
    ) async throws {
        let aftermath = Aftermath(
            disposition, envelope: run.envelope, attempt: attempt, retry: queue.policy.retry,
            jitter: Surroundings.current.random(0...1))
        metrics.ran(Surroundings.current.now() - start, aftermath.outcome)
        switch aftermath {
        case .ack:
            try await ack(delivery)
        case .retry(let next, let delay):
            run.logger.warning(
                "job is tried again", metadata: ["attempt": "\(run.attempt)", "why": "\(disposition)"])
            try await publishAgain(delivery, run, next.outbound(after: delay))
        case .later(let next, let delay):
            run.logger.debug("job is put off", metadata: ["why": "\(disposition)"])
            try await publishAgain(delivery, run, next.outbound(after: delay))
        case .abandon(let reason):
            try await abandon(delivery, run, reason: reason)
        }
    }

    private func publishAgain(
        _ delivery: DeliveryInHand, _ run: WorkerQueue.Run, _ message: OutboundMessage
    ) async throws {
        // The message that was handed on comes again by itself.
        guard await delivery.claim() else { return await endLease(of: run) }
        try await broker.publish([message])
        try await ack(delivery)
    }

    private func abandon(_ delivery: DeliveryInHand, _ run: WorkerQueue.Run, reason: String) async throws {
        // A twin of it may have had the effect meanwhile.
        if try await ledger.isApplied(run.envelope.request.id) { return try await ack(delivery) }
        run.logger.error("job is abandoned", metadata: ["why": "\(reason)"])
        let isMine = await delivery.claim()
        try await queue.abandon(run, reason)
        if !isMine {
            // Its other message would run it again before the dead letter is recorded and the mark with it.
            _ = try await ledger.lease(run.envelope.request.id, to: holder, seconds: Self.burialSeconds)
        }
        try await bury(delivery, reason: reason, attempts: run.attempt)
    }

    private func bury(_ delivery: DeliveryInHand, reason: String, attempts: Int) async throws {
        let dead = DeadLetterMessage.outbound(
            delivery.delivery.message, from: queue.queue, reason: reason, attempts: attempts,
            at: Surroundings.current.date().iso8601)
        try await broker.publish([dead])
        metrics.died()
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
        metrics.acked()
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
