package import Catalog
package import Domain
import Foundation
package import Jobs
package import ObjectStore

/// The job that keeps a territory's snapshot as new as the catalog.
package struct RegenerateSnapshotHandler: JobHandler {
    private let catalog: any Catalog
    private let publisher: SnapshotPublisher

    package init(catalog: any Catalog, store: any ObjectStore) {
        self.catalog = catalog
        publisher = SnapshotPublisher(catalog: catalog, store: store)
    }

    package func handle(_ job: Job<RegenerateSnapshotJob>) async throws -> Disposition {
        let outcome = try await publisher.publish(territory: job.payload.territoryID, atLeast: job.payload.version)
        try await finish(job) { writer in
            guard case .current(let state) = outcome else { return }
            // A worker may have died between manifest and event: what was told decides, not what was just built.
            let told = try writer.state(of: .territory(state.territoryId))
            let toldVersion = try told.map { try JSONDecoder().decode(SnapshotState.self, from: $0.data).version }
            if (toldVersion ?? -1) < state.version {
                try writer.tell(
                    .snapshotUpdated, about: .territory(state.territoryId), state: state,
                    traceparent: job.traceparent)
            }
        }
        return .done
    }

    /// The import that waits for the snapshot ends without it; the dead letter says why, and a replay makes it.
    package func abandon(_ job: Job<RegenerateSnapshotJob>, because reason: String) async throws {
        try await finish(job) { _ in }
    }

    /// Counts the snapshot in the session that waits for it, under the job's mark.
    private func finish(
        _ job: Job<RegenerateSnapshotJob>, _ effect: @Sendable @escaping (any CatalogWriter) throws -> Void
    ) async throws {
        try await catalog.write { writer in
            guard try writer.markApplied(job.id) else { return }
            try effect(writer)
            guard let id = job.payload.sessionID, var session = try writer.session(id),
                session.snapshotsDone < session.snapshotsTotal
            else { return }
            session.snapshotsDone += 1
            try writer.save(session)
            try writer.tell(
                session.isFinished ? .importFinished : .importProgress, about: session.topic,
                state: ImportProgress(of: session), traceparent: session.traceparent)
        }
    }
}
