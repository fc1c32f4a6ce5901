import Domain
import Foundation
import Logging

/// Keeps jobs that run for long from the broker's consumer timeout.
///
/// The message of such a job is published again into a delay queue and its delivery acknowledged, while the job runs on under
/// a lease. Whoever gets the message meanwhile sees the lease and lets it wait longer; when the worker has died and the
/// lease is over, it takes the job up at its last checkpoint; when the job has had its effect, it drops it.
struct LongJobs: Sendable {
    let broker: any Broker
    let ledger: any JobLedger
    let inHand: DeliveriesInHand
    let running: RunningJobs
    let terms: LeaseTerms
    /// Of this process's leases.
    let holder: String
    let metrics: JobMetrics
    let logger: Logger

    /// Watches until it is cancelled. A lease may have to wait for the catalog's writer, a message for a blocked broker:
    /// neither holds up the other.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await everySoOften { await handOn($0) } }
            group.addTask { await everySoOften { await renew($0) } }
        }
    }

    private func everySoOften(_ look: (DeliveryInHand) async -> Void) async {
        while !Task.isCancelled {
            for delivery in inHand.all { await look(delivery) }
            // Cancelled: the loop's condition ends it.
            try? await Surroundings.current.sleep(terms.interval)
        }
    }

    private func handOn(_ delivery: DeliveryInHand) async {
        guard let (envelope, attempt) = delivery.plan.job, !delivery.isHandedOn,
            Surroundings.current.now() - delivery.arrived > terms.handOnAfter, delivery.beginHandingOn()
        else { return }
        let isHandedOn = await handOn(delivery, envelope, attempt: attempt)
        if isHandedOn { inHand.handedOn(envelope.request.id) }
        delivery.endHandingOn(succeeded: isHandedOn)
    }

    /// Without a lease the job may run twice at once; its effect is still had once.
    private func renew(_ delivery: DeliveryInHand) async {
        guard let (envelope, _) = delivery.plan.job, delivery.isHandedOn, inHand.isHandedOn(envelope.request.id) else {
            return
        }
        await renew(envelope.request.id)
    }

    /// False when the broker has not taken the message: the delivery is as it was.
    private func handOn(_ inHand: DeliveryInHand, _ envelope: JobEnvelope, attempt: Int) async -> Bool {
        do {
            try await broker.publish([
                JobEnvelope(request: envelope.request, attempts: attempt).outbound(after: .lasting(terms.lease))
            ])
        } catch {
            logger.warning(
                "a long job's message could not be handed on, trying again",
                metadata: ["job": "\(envelope.request.id)", "error": "\(error)"])
            return false
        }
        do {
            try await inHand.delivery.ack()
            metrics.of(inHand.queue.queue).acked()
        } catch {
            // Its connection is gone: it is delivered again, and meets the lease.
            logger.info("a handed-on delivery was not acknowledged", metadata: ["job": "\(envelope.request.id)"])
        }
        logger.notice("a job takes long: it runs on under a lease", metadata: ["job": "\(envelope.request.id)"])
        return true
    }

    private func renew(_ job: String) async {
        do {
            guard try await !ledger.lease(job, to: holder, seconds: terms.leaseSeconds) else { return }
            if case .leased = try await ledger.standing(of: job) {
                logger.error("another worker has taken a job over: it ends here", metadata: ["job": "\(job)"])
                running.cancel(jobs: [job])
            }
        } catch {
            logger.warning("a lease was not renewed", metadata: ["job": "\(job)", "error": "\(error)"])
        }
    }
}
