import Domain
import Foundation
package import Logging
import ServiceLifecycle
import Synchronization

/// Carries what transactions left in the outbox to the broker: one leaseholder at a time, nudged on commit, with a
/// sweep as a safety net. An entry is removed only after its confirm, so it may be published twice, never lost.
package final class OutboxRelay: Service {
    /// How many entries one publish carries.
    package static let batchSize = 500
    private static let leaseSeconds = 10

    private let store: any OutboxStore
    private let broker: any Broker
    private let logger: Logger
    private let owner = UUID().uuidString
    /// What the broker has confirmed and the store still holds.
    private let confirmed = Mutex<[Int64]>([])

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
        } catch is CancellationError {
            // Nobody waits for the end: the lease ends by itself.
        } catch {
            logger.warning("relay lease not given up; it ends by itself", metadata: ["error": "\(error)"])
        }
    }

    private var goesOn: Bool { !Task.isCancelled && !Task.isShuttingDownGracefully }

    /// Only the wait is cut short by shutdown: entries that are confirmed and not removed would be published twice.
    private func waitForEntries(atMost limit: Duration) async {
        await cancelledAtShutdown { await self.store.waitForEntries(atMost: limit) }
    }

    private func relayWhileLeaseholder() async throws {
        guard try await store.holdRelayLease(owner: owner, seconds: Self.leaseSeconds) else { return }
        let log = try await incarnation()
        var renewal = Surroundings.current.now()
        while goesOn {
            if Surroundings.current.now() - renewal > .seconds(Self.leaseSeconds / 3) {
                guard try await store.holdRelayLease(owner: owner, seconds: Self.leaseSeconds) else { return }
                renewal = Surroundings.current.now()
            }
            try await removeConfirmed()
            let entries = try await store.dueEntries(limit: Self.batchSize)
            if entries.isEmpty {
                await waitForEntries(atMost: .seconds(Self.leaseSeconds / 3))
            } else {
                try await publish(entries, log: log)
            }
        }
    }

    /// What the broker has and the store could not forget is not published again, but forgotten first.
    private func removeConfirmed() async throws {
        let ids = confirmed.withLock { $0 }
        guard !ids.isEmpty else { return }
        try await store.remove(ids)
        confirmed.withLock { $0 = [] }
    }

    /// Publishes in order; when one of them is not taken, finds out which and puts it off: a queue at its bound must
    /// not hold up what goes to the others.
    private func publish(_ entries: [OutboxEntry], log: String) async throws {
        do throws(BrokerError) {
            try await broker.publish(entries.map { $0.outbound(log: log) })
        } catch {
            guard error.isAboutOneMessage else { throw error }
            return try await publishOneByOne(entries, log: log)
        }
        confirmed.withLock { $0 += entries.map(\.id) }
        try await removeConfirmed()
    }

    /// Events stay in their order: what comes after one that is not taken waits with it.
    private func publishOneByOne(_ entries: [OutboxEntry], log: String) async throws {
        var isEventHeld = false
        for entry in entries {
            if isEventHeld, entry.isEvent { continue }
            let taken = try await publishAlone(entry, log: log)
            if !taken, entry.isEvent { isEventHeld = true }
        }
    }

    /// False when no queue took it and it waits.
    private func publishAlone(_ entry: OutboxEntry, log: String) async throws -> Bool {
        do throws(BrokerError) {
            try await broker.publish([entry.outbound(log: log)])
        } catch {
            guard error.isAboutOneMessage else { throw error }
            if error.code == .unacceptable {
                logger.error(
                    "an outbox entry cannot be published and was taken out; `srto dead list` has it if it was a job",
                    metadata: ["entry": "\(entry.id)", "error": "\(error)"])
                try await store.bury(entry, because: error.message)
                return true
            }
            logger.error(
                "an outbox entry is not taken, trying again later: is the topology applied (srto topology apply)?",
                metadata: ["entry": "\(entry.id)", "error": "\(error)"])
            try await store.postpone(entry.id, seconds: 5)
            return false
        }
        confirmed.withLock { $0.append(entry.id) }
        try await removeConfirmed()
        return true
    }

    /// An event log that was used and is empty was lost and begun anew. Looked at whenever the lease is taken, as it is
    /// after every error: a broker does not lose its data with its connections standing.
    private func incarnation() async throws -> String {
        var lost = false
        if try await store.eventLogWasUsed() {
            lost = try await EventLogProbe(broker: broker).isEmpty()
        }
        return try await store.eventLogIncarnation(lost: lost)
    }
}

extension BrokerError {
    /// Whether it may be one message of the batch that is not taken, and not the broker that takes none.
    fileprivate var isAboutOneMessage: Bool { [.unroutable, .refused, .unacceptable].contains(code) }
}
