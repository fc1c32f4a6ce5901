package import Catalog
package import Domain
package import ObjectStore
import Tabular

/// Which form of a snapshot is wanted.
package enum SnapshotView: String, Sendable, CaseIterable {
    /// Every column (section 3.4).
    case full
    /// The map's six fields (section 8.4).
    case map
}

/// A snapshot to be sent.
package struct SnapshotContent: Sendable {
    /// SHA-256 of the content, the same for both views.
    package let hash: String
    /// Catalog version that it shows.
    package let version: Int64
    package let gzipped: [UInt8]

    package init(hash: String, version: Int64, gzipped: [UInt8]) {
        self.hash = hash
        self.version = version
        self.gzipped = gzipped
    }

    /// The JSON, for clients that take no gzip.
    package func decompressed() throws -> [UInt8] {
        try Gzip.decompress(gzipped, maximumBytes: 1 << 30)
    }
}

/// Serves territories and their snapshots to those who may see them.
package struct SnapshotService: Sendable {
    private let catalog: any Catalog
    private let store: any ObjectStore
    private let publisher: SnapshotPublisher

    package init(catalog: any Catalog, store: any ObjectStore) {
        self.catalog = catalog
        self.store = store
        publisher = SnapshotPublisher(catalog: catalog, store: store)
    }

    /// Territories that the user may view, with metrics, by id.
    package func territories(for user: UserContext) async throws -> [TerritorySummary] {
        let all = try await catalog.read { try $0.territories() }
        if user.role == .admin { return all }
        let parents = Dictionary(all.map { ($0.territoryId, $0.parentId) }) { first, _ in first }
        return all.filter { territory in
            user.may(.viewTerritory, inTerritoryWithPath: Self.path(territory.territoryId, parents))
        }
    }

    /// A territory's newest snapshot; built on the spot when there is none yet.
    /// - Throws: `RequestError` when there is no such territory or the user may not view it.
    package func snapshot(
        ofTerritory id: String, view: SnapshotView, for user: UserContext
    ) async throws -> SnapshotContent {
        let path = try await catalog.read { try $0.path(ofTerritory: id) }
        // A user who may not see it learns nothing of whether it is there.
        guard !path.isEmpty || user.role != .admin else { throw Self.notFound(id) }
        guard user.may(.viewTerritory, inTerritoryWithPath: path) else {
            throw RequestError(
                .insufficientPermissions, "\(user.userId) may not view the territory \(id.prefix(100)).")
        }
        var manifest = try await publisher.manifest(of: id)
        if manifest == nil {
            _ = try await publisher.publish(territory: id, atLeast: 0)
            manifest = try await publisher.manifest(of: id)
        }
        guard let manifest else { throw Self.notFound(id) }
        do {
            return try await content(manifest, of: id, view)
        } catch let error as ObjectStoreError where error.code == .notFound {
            // Somebody removed the blob beneath its manifest: the catalog can make it anew.
            _ = try await publisher.publish(territory: id, atLeast: manifest.version + 1)
            return try await content(try await publisher.manifest(of: id) ?? manifest, of: id, view)
        }
    }

    private func content(
        _ manifest: SnapshotManifest, of id: String, _ view: SnapshotView
    ) async throws -> SnapshotContent {
        let key = ObjectLayout.snapshot(territory: id, view: view.rawValue, hash: manifest.hash)
        return SnapshotContent(
            hash: manifest.hash, version: manifest.version, gzipped: try await store.get(key, limit: 1 << 30))
    }

    private static func notFound(_ id: String) -> RequestError {
        RequestError(.territoryNotFound, "there is no territory \(id.prefix(100)); GET /api/territory/list names them.")
    }

    private static func path(_ id: String, _ parents: [String: String?]) -> [String] {
        var path = [id]
        while let parent = parents[path[path.count - 1]] ?? nil, path.count < 16 { path.append(parent) }
        return path
    }
}
