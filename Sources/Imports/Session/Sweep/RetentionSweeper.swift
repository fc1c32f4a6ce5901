package import Catalog
package import Foundation
package import Logging
package import ObjectStore
import ServiceLifecycle

/// Forgets what has been kept for long enough, in steps so small that nobody waits for them.
package struct RetentionSweeper: Service {
    private static let interval = Duration.seconds(3600)
    /// Rows of a table forgotten in one transaction.
    private static let rowsAtOnce = 5000
    private static let sessionsAtOnce = 100
    /// Seconds that nobody takes to write one object.
    private static let longestWrite = 86_400.0
    /// Steps of one kind in one sweep; the next sweep goes on.
    private static let mostSteps = 2000

    private let catalog: any Catalog
    private let store: any ObjectStore
    private let periods: RetentionPeriods
    private let logger: Logger

    package init(
        catalog: any Catalog, store: any ObjectStore, periods: RetentionPeriods = RetentionPeriods(), logger: Logger
    ) {
        self.catalog = catalog
        self.store = store
        self.periods = periods
        self.logger = logger
    }

    /// Sweeps once an hour until graceful shutdown.
    package func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await sweepOnce(at: .now)
                } catch is CancellationError {
                    return
                } catch {
                    logger.error("nothing more was forgotten, trying again", metadata: ["error": "\(error)"])
                }
                // Cancelled: the loop's condition ends it.
                try? await Task.sleep(for: Self.interval)
            }
        }
    }

    /// Forgets what is due at `now`. May be cut short anywhere: the next sweep does the rest.
    package func sweepOnce(at now: Date) async throws {
        try await removeUploads(before: now.addingTimeInterval(-RetentionPeriods.days(periods.uploadDays)))
        let marks = now.addingTimeInterval(-RetentionPeriods.days(periods.markDays))
        try await forget("marks of jobs") { try $0.forgetJobs(appliedBefore: marks, limit: Self.rowsAtOnce) }
        let history = now.addingTimeInterval(-RetentionPeriods.days(periods.historyDays))
        try await forget("rows of history") { try $0.forgetHistory(before: history, limit: Self.rowsAtOnce) }
        try await removeRegisters(before: history, now: now)
        let events = now.addingTimeInterval(-RetentionPeriods.days(periods.eventDays))
        try await forget("last events") { try $0.forgetSubjects(before: events, limit: Self.rowsAtOnce) }
        let geocodes = now.addingTimeInterval(-RetentionPeriods.days(periods.geocodeDays))
        try await forget("geocoders' answers") {
            try $0.forgetGeocodes(askedBefore: geocodes, limit: Self.rowsAtOnce)
        }
    }

    private func forget(
        _ what: String, _ step: @Sendable @escaping (any CatalogWriter) throws -> Int
    ) async throws {
        var forgotten = 0
        for _ in 0..<Self.mostSteps {
            try Task.checkCancellation()
            let count = try await catalog.write(step)
            forgotten += count
            if count < Self.rowsAtOnce { break }
        }
        if forgotten > 0 { logger.notice("forgotten", metadata: ["what": "\(what)", "count": "\(forgotten)"]) }
    }

    /// Without the history since then nobody can tell which of a register's records are still known.
    private func removeRegisters(before instant: Date, now: Date) async throws {
        for register in try await store.list(below: ObjectLayout.knownRecords) where register.modified < instant {
            try await store.delete(register.key)
        }
        try await store.deleteAbandoned(
            below: ObjectLayout.knownRecords, before: now.addingTimeInterval(-Self.longestWrite))
    }

    private func removeUploads(before instant: Date) async throws {
        for _ in 0..<Self.mostSteps {
            let due = try await catalog.read {
                try $0.sessionsWithUploads(unchangedSince: instant, limit: Self.sessionsAtOnce)
            }
            for session in due {
                try Task.checkCancellation()
                try await store.deleteAll(
                    below: ObjectLayout.processed(session: session.sessionID, date: session.openedOn))
                try await catalog.write { try $0.markUploadsRemoved(session: session.sessionID) }
            }
            if due.count < Self.sessionsAtOnce { return }
        }
    }
}
