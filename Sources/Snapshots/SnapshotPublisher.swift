import Catalog
import Domain
import Foundation
import ObjectStore
import Tabular

/// Builds a territory's snapshot and moves its manifest forward.
struct SnapshotPublisher: Sendable {
    let catalog: any Catalog
    let store: any ObjectStore

    /// What became of a wish for a snapshot.
    enum Outcome: Sendable, Equatable {
        /// The manifest points at a snapshot of the version or a later one, made now or before.
        case current(SnapshotState)
        /// The catalog has no such territory any more.
        case noTerritory
    }

    /// Makes sure that there is a snapshot of `version` or later.
    func publish(territory id: String, atLeast version: Int64) async throws -> Outcome {
        if let present = try await manifest(of: id), present.version >= version { return .current(present.state) }
        guard let content = try await catalog.read({ try TerritoryContent.read(id, from: $0) }) else {
            return .noTerritory
        }
        let encoder = SnapshotEncoder(content: content, generatedAt: Date.now.iso8601)
        let document = encoder.full()
        try await put(document, encoder, territory: id)
        let manifest = SnapshotManifest(
            territoryId: id, version: content.version, hash: document.hash, outlets: content.outlets.count,
            generatedAt: encoder.generatedAt)
        _ = try await store.update(ObjectLayout.snapshotManifest(territory: id), to: manifest.encoded()) {
            Self.isOlder($0, than: manifest)
        }
        // A sweeper may have taken one away that lay there since the same content was the newest before.
        try await put(document, encoder, territory: id)
        return .current(try await self.manifest(of: id)?.state ?? manifest.state)
    }

    /// The territory's manifest; nil before its first snapshot, and where what lies there is no manifest.
    func manifest(of id: String) async throws -> SnapshotManifest? {
        do {
            return try SnapshotManifest(
                try await store.get(ObjectLayout.snapshotManifest(territory: id), limit: 1 << 16))
        } catch let error as ObjectStoreError where error.code == .notFound {
            return nil
        } catch is DecodingError {
            return nil
        }
    }

    private func put(_ document: SnapshotEncoder.Document, _ encoder: SnapshotEncoder, territory id: String)
        async throws
    {
        for view in SnapshotView.allCases {
            let key = ObjectLayout.snapshot(territory: id, view: view.rawValue, hash: document.hash)
            guard try await store.size(key) == nil else { continue }
            let pieces = view == .full ? document.pieces : encoder.map()
            try await store.put(key, try Gzip.compress(pieces))
        }
    }

    /// A manifest that cannot be read is replaced like an older one.
    private static func isOlder(_ present: [UInt8]?, than manifest: SnapshotManifest) -> Bool {
        guard let present else { return true }
        do {
            return try SnapshotManifest(present).version < manifest.version
        } catch {
            return true
        }
    }
}
