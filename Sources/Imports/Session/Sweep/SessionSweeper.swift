package import Catalog
import Domain
package import Foundation
package import Logging
package import ObjectStore
import ServiceLifecycle

/// Ends sessions that stand still, asks again for snapshots that did not come, and clears what the stages of ended ones left
/// in the object store: the input of a session that was merged moves to `imports/processed`, also when it was rolled back
/// since; everything else of its staging goes.
package struct SessionSweeper: Service {
    private static let interval = Duration.seconds(60)
    private static let sessionsAtOnce = 100

    private let catalog: any Catalog
    private let store: any ObjectStore
    private let sweep: SessionSweep
    private let stagedMinutes: Int
    private let logger: Logger
    private var parts: SweepParts { SweepParts(logger: logger) }

    package init(
        catalog: any Catalog, store: any ObjectStore, limits: ImportLimits = ImportLimits(),
        periods: RetentionPeriods = RetentionPeriods(), logger: Logger
    ) {
        self.catalog = catalog
        self.store = store
        sweep = SessionSweep(limits)
        stagedMinutes = periods.stagedMinutes
        self.logger = logger
    }

    /// Sweeps once a minute until graceful shutdown.
    package func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await sweepOnce(at: .now)
                    try await Task.sleep(for: Self.interval)
                } catch is CancellationError {
                    return
                } catch {
                    logger.error("import sessions not swept, trying again", metadata: ["error": "\(error)"])
                    // Cancelled: the loop's condition ends it.
                    try? await Task.sleep(for: Self.interval)
                }
            }
        }
    }

    /// Ends, asks for and clears what is due at `now`. What cannot be done is told of in the log and left to the next sweep.
    /// - Throws: `CancellationError`.
    package func sweepOnce(at now: Date) async throws {
        for rule in sweep.rules {
            try await parts.attempt("end sessions that stand still") { try await end(rule, at: now) }
        }
        try await parts.attempt("ask for missing snapshots") { try await askForSnapshots(at: now) }
        // A stage that was just overtaken by its session's end may still be writing.
        let ended = now.addingTimeInterval(TimeInterval(-stagedMinutes * 60))
        try await parts.attempt("clear what ended sessions staged") { try await clear(unchangedSince: ended) }
    }

    private func clear(unchangedSince instant: Date) async throws {
        try await parts.attemptEach("clear what it staged", atOnce: Self.sessionsAtOnce) { limit in
            try await catalog.read { try $0.sessionsToClear(unchangedSince: instant, limit: limit) }
        } part: { session in
            try await clear(session)
        }
    }

    /// The merge stands, so such a session cannot fail; without its snapshots it would never finish.
    private func askForSnapshots(at now: Date) async throws {
        let since = now.addingTimeInterval(TimeInterval(-sweep.snapshotHours * 3600))
        let asked = try await catalog.write { writer in
            let waiting = try writer.sessionsAwaitingSnapshots(unchangedSince: since, limit: Self.sessionsAtOnce)
            for session in waiting {
                guard let version = session.appliedVersion else { continue }
                for territory in try writer.awaitedSnapshots(ofSession: session.sessionID) {
                    try writer.enqueueSnapshot(
                        of: territory, version: version, for: session,
                        again: "-again-\(Int(now.timeIntervalSince1970))")
                }
                // Counts as a change, so that the next time is as far away.
                try writer.save(session)
            }
            return waiting.map(\.sessionID)
        }
        for id in asked { logger.notice("missing snapshots asked for again", metadata: ["session": "\(id)"]) }
    }

    private func end(_ rule: SessionSweep.Rule, at now: Date) async throws {
        let since = now.addingTimeInterval(TimeInterval(-rule.patienceHours * 3600))
        let instant = now.iso8601
        let ended = try await catalog.write { writer in
            let due = try writer.sessions(in: rule.statuses, unchangedSince: since, limit: Self.sessionsAtOnce)
            for var session in due {
                rule.end(&session, instant)
                try writer.save(session)
                try writer.tell(session)
            }
            return due.map(\.sessionID)
        }
        for id in ended { logger.notice("a session that stood still was ended", metadata: ["session": "\(id)"]) }
    }

    /// May be cut short anywhere: the next sweep does the rest.
    private func clear(_ session: ImportSession) async throws {
        let id = session.sessionID
        if session.appliedVersion != nil {
            for file in try await catalog.read({ try $0.files(ofSession: id) }) {
                try await keep(file, of: session)
            }
        }
        try await store.deleteAll(below: ObjectLayout.staging(session: id))
        try await catalog.write { try $0.markCleared(session: id) }
    }

    /// A file that is not there any more, as when somebody removed it, cannot be kept: it is left at that.
    private func keep(_ file: ImportFile, of session: ImportSession) async throws {
        let id = session.sessionID
        do throws(ObjectStoreError) {
            try await store.move(
                ObjectLayout.sealedFile(session: id, file: file.index),
                to: ObjectLayout.processedFile(session: id, date: session.openedOn, file: file.index))
        } catch {
            guard error.code == .notFound else { throw error }
            logger.warning(
                "a file of a merged session is not there to be kept",
                metadata: ["session": "\(id)", "file": "\(file.index)", "reason": "\(error)"])
        }
    }
}
