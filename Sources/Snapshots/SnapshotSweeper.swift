package import Catalog
package import Foundation
package import Logging
package import ObjectStore
import ServiceLifecycle

/// Removes snapshots that no manifest points at any more.
package struct SnapshotSweeper: Service {
    private static let interval = Duration.seconds(3600)
    /// Seconds for which readers of the manifest before may still ask for what it pointed at: a signed URL holds for an hour.
    private static let readersSeconds: TimeInterval = 7200

    private let catalog: any Catalog
    private let publisher: SnapshotPublisher
    private let days: Int
    private let logger: Logger

    /// - Parameter days: for which a snapshot is kept at least.
    package init(catalog: any Catalog, store: any ObjectStore, days: Int, logger: Logger) {
        self.catalog = catalog
        publisher = SnapshotPublisher(catalog: catalog, store: store)
        self.days = days
        self.logger = logger
    }

    /// Sweeps once an hour until graceful shutdown.
    package func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    let removed = try await sweepOnce(at: .now)
                    if removed > 0 { logger.notice("former snapshots removed", metadata: ["count": "\(removed)"]) }
                } catch is CancellationError {
                    return
                } catch {
                    logger.error("former snapshots not removed, trying again", metadata: ["error": "\(error)"])
                }
                // Cancelled: the loop's condition ends it.
                try? await Task.sleep(for: Self.interval)
            }
        }
    }

    /// Removes what is due at `now`, one territory after the other; returns how many objects.
    @discardableResult
    package func sweepOnce(at now: Date) async throws -> Int {
        var removed = 0
        for territory in try await catalog.read({ try $0.territories().map(\.territoryId) }) {
            try Task.checkCancellation()
            removed += try await sweep(territory, at: now)
        }
        return removed
    }

    private func sweep(_ territory: String, at now: Date) async throws -> Int {
        let store = publisher.store
        let entries = try await store.list(below: ObjectLayout.snapshots(territory: territory))
        let manifest = ObjectLayout.snapshotManifest(territory: territory)
        guard let pointer = entries.first(where: { $0.key == manifest }),
            now.timeIntervalSince(pointer.modified) > Self.readersSeconds
        else { return 0 }
        let old = entries.filter { $0.key != manifest && now.timeIntervalSince($0.modified) > Double(days) * 86_400 }
        var removed = 0
        for entry in old {
            guard try await !isPointedAt(entry.key, territory) else { continue }
            let name = entry.key.components.last ?? ""
            let aside = ObjectLayout.removedSnapshot(territory: territory, name: name)
            try await store.move(entry.key, to: aside)
            // A publisher that found it there just before has moved the manifest since, and looks once more afterwards: one
            // of the two puts it back.
            if try await isPointedAt(entry.key, territory) {
                try await store.move(aside, to: entry.key)
            } else {
                try await store.delete(aside)
                removed += 1
            }
        }
        return removed
    }

    private func isPointedAt(_ key: ObjectKey, _ territory: String) async throws -> Bool {
        guard let manifest = try await publisher.manifest(of: territory) else { return true }
        return SnapshotView.allCases.contains { view in
            key == ObjectLayout.snapshot(territory: territory, view: view.rawValue, hash: manifest.hash)
        }
    }
}
