import Catalog
import CatalogSQLite
import Domain
import Foundation
import Jobs
import Logging
import ObjectStore
import Tabular
import TestSupport
import Testing

@testable import Snapshots

/// A catalog file and an object store of a test's own, and the room between them.
struct SnapshotHouse: Sendable {
    let folder: URL
    let catalog: SQLiteCatalog
    let store: LocalObjectStore

    var publisher: SnapshotPublisher { SnapshotPublisher(catalog: catalog, store: store) }
    var service: SnapshotService { SnapshotService(catalog: catalog, store: store) }
    var handler: RegenerateSnapshotHandler { RegenerateSnapshotHandler(catalog: catalog, store: store) }

    static func with(_ body: (SnapshotHouse) async throws -> Void) async throws {
        try await TestFolder.with { folder in
            try await body(
                SnapshotHouse(
                    folder: folder, catalog: try SQLiteCatalog(path: folder.appending(path: "catalog.sqlite").path),
                    store: try LocalObjectStore(root: folder.appending(path: "objects").path)))
        }
    }

    /// Merges rows in one transaction and returns the version that this made. Every column that a row names is mapped.
    @discardableResult
    func merge(_ table: EntityTable, _ rows: [[String: FieldValue]]) async throws -> Int64 {
        try await catalog.write { writer in
            let version = try writer.beginChange()
            let named = Set(rows.flatMap(\.keys))
            let merger = try writer.merger(
                into: table, columns: table.columns.indices.filter { named.contains(table.columns[$0].name) },
                strategy: .upsert, change: MasterDataChange(version: version, date: "2026-11-24", sessionID: "s0"))
            for row in rows { _ = try merger.merge(table.columns.map { row[$0.name] ?? .null }) }
            return version
        }
    }

    /// What the catalog has of a territory, encoded as at `instant`.
    func encoder(_ territory: String, at instant: String = "2026-11-24T06:00:00.000Z") async throws -> SnapshotEncoder {
        let content = try await catalog.read { try TerritoryContent.read(territory, from: $0) }
        return SnapshotEncoder(content: try #require(content), generatedAt: instant)
    }

    /// A published blob, unpacked.
    func blob(_ territory: String, _ view: SnapshotView, hash: String) async throws -> [UInt8] {
        let key = ObjectLayout.snapshot(territory: territory, view: view.rawValue, hash: hash)
        return try Gzip.decompress(try await store.get(key, limit: 1 << 24), maximumBytes: 1 << 24)
    }

    /// Names of the files that the store has of a territory.
    func files(_ territory: String) throws -> [String] {
        let folder = folder.appending(path: "objects/snapshots/territories/\(territory)")
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { !$0.hasPrefix(".") }.sorted()
    }

    /// Events of a subject that wait for the relay, in order.
    func events(_ topic: Topic) async throws -> [DomainEvent] {
        try await catalog.dueEntries(limit: 1000).compactMap { entry in
            if case .event(let event) = entry.content, event.subject == topic.description { event } else { nil }
        }
    }
}

/// A JSON object's members.
func object(_ json: [UInt8]) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(json)) as? [String: Any])
}

/// JSON text of equal values: keys sorted, no spaces.
func canonical(_ value: Any) throws -> String {
    String(
        decoding: try JSONSerialization.data(withJSONObject: value, options: [.sortedKeys, .fragmentsAllowed]),
        as: UTF8.self)
}

/// The same of a value written as JSON.
func canonical(json: String) throws -> String {
    try canonical(try JSONSerialization.jsonObject(with: Data(json.utf8), options: .fragmentsAllowed))
}

extension [String: Any] {
    /// The objects of a member that is a list of them.
    func objects(_ name: String) throws -> [[String: Any]] { try #require(self[name] as? [[String: Any]]) }
}

extension Logger {
    /// A logger that says nothing.
    static var quiet: Logger { Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }) }
}
