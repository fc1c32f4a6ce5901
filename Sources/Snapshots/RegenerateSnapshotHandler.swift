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
        try await catalog.write { writer in
            guard try writer.markApplied(job.id) else { return }
            if case .current(let state) = outcome { try Self.tell(state, for: job, writer) }
            try Self.count(job, writer)
        }
        return .done
    }

    /// The import that waits for the snapshot ends without it; the dead letter says why, and a replay makes it. The mark
    /// is the dead letter's to write: with it, a worker that dies before the letter is safe would lose the letter.
    package func abandon(_ job: Job<RegenerateSnapshotJob>, because reason: String) async throws {
        try await catalog.write { try Self.count(job, $0) }
    }

    /// A worker may have died between manifest and event: what was told decides, not what was just built.
    private static func tell(
        _ state: SnapshotState, for job: Job<RegenerateSnapshotJob>, _ writer: any CatalogWriter
    ) throws {
        let topic = Topic.territory(state.territoryId)
        let told = try writer.state(of: topic).map { try JSONDecoder().decode(SnapshotState.self, from: $0.data) }
        if let told, told.version >= state.version { return }
        try writer.tell(.snapshotUpdated, about: topic, state: state, traceparent: job.traceparent)
    }

    /// Counts the snapshot in the session that waits for it.
    private static func count(_ job: Job<RegenerateSnapshotJob>, _ writer: any CatalogWriter) throws {
        guard let id = job.payload.sessionID, try writer.countSnapshot(of: job.payload.territoryID, session: id),
            var session = try writer.session(id)
        else { return }
        session.snapshotsDone += 1
        try writer.save(session)
        try writer.tell(session)
    }
}
