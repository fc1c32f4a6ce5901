import Domain
import Foundation
package import Logging
package import ServiceLifecycle

/// Carries what transactions left in the outbox to the broker: one leaseholder at a time, nudged on commit, with a
/// sweep as a safety net. An entry is removed only after its confirm, so it may be published twice, never lost.
package struct OutboxRelay: Service {
    /// How many entries one publish carries.
    package static let batchSize = 500
    private static let leaseSeconds = 10

    private let store: any OutboxStore
    private let broker: any Broker
    private let logger: Logger
    private let owner = UUID().uuidString

    package init(store: any OutboxStore, broker: any Broker, logger: Logger) {
        self.store = store
        self.broker = broker
        self.logger = logger
    }

    /// Relays until graceful shutdown, finishes the batch in hand, then gives the lease up.
    package func run() async throws {
        var failures = 0
        while goesOn {
            do {
                try await relayWhileLeaseholder()
                failures = 0
                await waitForEntries(atMost: .seconds(Self.leaseSeconds / 2))
            } catch {
                guard goesOn else { break }
                failures += 1
                logger.error("outbox not relayed, trying again", metadata: ["error": "\(error)"])
                await BackOff.pause(afterFailures: failures)
            }
        }
        do {
            try await store.releaseRelayLease(owner: owner)
        } catch {
            logger.warning("relay lease not given up; it ends by itself", metadata: ["error": "\(error)"])
        }
    }

    private var goesOn: Bool { !Task.isCancelled && !Task.isShuttingDownGracefully }

    /// Only the wait is cut short by shutdown: entries that are confirmed and not removed would be published twice.
    private func waitForEntries(atMost limit: Duration) async {
        await cancelWhenGracefulShutdown { await store.waitForEntries(atMost: limit) }
    }

    private func relayWhileLeaseholder() async throws {
        guard try await store.holdRelayLease(owner: owner, seconds: Self.leaseSeconds) else { return }
        var log = try await incarnation()
        var renewal = ContinuousClock.now
        while goesOn {
            if ContinuousClock.now - renewal > .seconds(Self.leaseSeconds / 3) {
                guard try await store.holdRelayLease(owner: owner, seconds: Self.leaseSeconds) else { return }
                log = try await incarnation()
                renewal = .now
            }
            let entries = try await store.dueEntries(limit: Self.batchSize)
            if entries.isEmpty {
                await waitForEntries(atMost: .seconds(Self.leaseSeconds / 3))
            } else {
                try await publish(entries, log: log)
            }
        }
    }

    /// Publishes in order; when one of them is not taken, finds out which and puts it off: a queue at its bound must
    /// not hold up what goes to the others.
    private func publish(_ entries: [OutboxEntry], log: String) async throws {
        do {
            try await broker.publish(entries.map { $0.outbound(log: log) })
            try await store.remove(entries.map(\.id))
        } catch let error as BrokerError where error.isAboutOneMessage {
            for entry in entries {
                try await publishAlone(entry, log: log)
            }
        }
    }

    private func publishAlone(_ entry: OutboxEntry, log: String) async throws {
        do throws(BrokerError) {
            try await broker.publish([entry.outbound(log: log)])
        } catch {
            guard error.isAboutOneMessage else { throw error }
            logger.error(
                "an outbox entry is not taken, trying again later: is the topology applied (srto topology apply)?",
                metadata: ["entry": "\(entry.id)", "error": "\(error)"])
            try await store.postpone(entry.id, seconds: 5)
            return
        }
        try await store.remove([entry.id])
    }

    /// An event log that was used and is empty was lost and begun anew.
    private func incarnation() async throws -> String {
        var lost = false
        if try await store.eventLogWasUsed() {
            lost = try await EventLogProbe(broker: broker).isEmpty()
        }
        return try await store.eventLogIncarnation(lost: lost)
    }
}

extension BrokerError {
    /// Whether the broker took the other messages of the batch.
    fileprivate var isAboutOneMessage: Bool { code == .unroutable || code == .refused }
}
