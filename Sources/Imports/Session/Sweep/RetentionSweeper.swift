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
    private var parts: SweepParts { SweepParts(logger: logger) }

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

    /// Forgets what is due at `now`. May be cut short anywhere, and what cannot be forgotten is told of in the log: the next
    /// sweep does the rest.
    /// - Throws: `CancellationError`.
    package func sweepOnce(at now: Date) async throws {
        let uploads = now.addingTimeInterval(-RetentionPeriods.days(periods.uploadDays))
        try await parts.attempt("remove uploads and reports") { try await removeUploads(before: uploads) }
        let marks = now.addingTimeInterval(-RetentionPeriods.days(periods.markDays))
        try await forget("marks of jobs") { try $0.forgetJobs(appliedBefore: marks, limit: Self.rowsAtOnce) }
        let history = now.addingTimeInterval(-RetentionPeriods.days(periods.historyDays))
        try await forget("rows of history") { try $0.forgetHistory(before: history, limit: Self.rowsAtOnce) }
        try await parts.attempt("remove registers") { try await removeRegisters(before: history, now: now) }
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
        try await parts.attempt("forget \(what)") {
            var forgotten = 0
            for _ in 0..<Self.mostSteps {
                try Task.checkCancellation()
                let count = try await catalog.write(step)
                forgotten += count
                if count < Self.rowsAtOnce { break }
            }
            if forgotten > 0 { logger.notice("forgotten", metadata: ["what": "\(what)", "count": "\(forgotten)"]) }
        }
    }

    /// Without the history since then nobody can tell which of a register's records are still known.
    private func removeRegisters(before instant: Date, now: Date) async throws {
        for register in try await store.list(below: ObjectLayout.knownRecords) where register.modified < instant {
            try await parts.attempt("remove register \(register.key)") { try await store.delete(register.key) }
        }
        try await store.deleteAbandoned(
            below: ObjectLayout.knownRecords, before: now.addingTimeInterval(-Self.longestWrite))
    }

    private func removeUploads(before instant: Date) async throws {
        try await parts.attemptEach("remove uploads and report", atOnce: Self.sessionsAtOnce) { limit in
            try await catalog.read { try $0.sessionsWithUploads(unchangedSince: instant, limit: limit) }
        } part: { session in
            let id = session.sessionID
            try await store.deleteAll(below: ObjectLayout.processed(session: id, date: session.openedOn))
            try await catalog.write { try $0.markUploadsRemoved(session: id) }
        }
    }
}
