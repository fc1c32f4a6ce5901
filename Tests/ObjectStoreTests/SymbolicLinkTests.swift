import Foundation
import ObjectStore
import Testing

/// Links in the store's folder, which the store itself never makes, lead nobody out of it.
struct SymbolicLinkTests {
    private static let key = ObjectKey("a", "link")

    /// Seen red before links were no objects: the file outside was served.
    @Test func `a link is no object`() async throws {
        try await withLink { house, _ async throws in
            #expect(try await house.store.size(Self.key) == nil)
            let error = await #expect(throws: ObjectStoreError.self) { try await house.store.get(Self.key, limit: 99) }
            #expect(error?.code == .notFound)
        }
    }

    @Test func `an object takes a link's place, and what it led to stays`() async throws {
        try await withLink { house, outside async throws in
            try await house.store.put(Self.key, [1])
            #expect(try await house.store.get(Self.key, limit: 9) == [1])
            #expect(try Data(contentsOf: outside) == Data("secret".utf8))
        }
        try await withLink { house, outside async throws in
            #expect(try await house.store.update(Self.key, to: [2]) { $0 == nil })
            #expect(try await house.store.get(Self.key, limit: 9) == [2])
            #expect(try Data(contentsOf: outside) == Data("secret".utf8))
        }
    }

    @Test func `deleting a link, or all around it, leaves what it led to`() async throws {
        try await withLink { house, outside async throws in
            try await house.store.delete(Self.key)
            #expect(try house.files() == [])
            #expect(try Data(contentsOf: outside) == Data("secret".utf8))
        }
        try await withLink { house, outside async throws in
            let folder = outside.deletingLastPathComponent()
            try FileManager.default.createSymbolicLink(
                at: house.file(ObjectKey("a", "folder")), withDestinationURL: folder)
            try await house.store.deleteAll(below: ObjectKey("a"))
            #expect(try house.files() == [])
            #expect(try Data(contentsOf: outside) == Data("secret".utf8))
        }
    }

    @Test func `the store's own folder may be a link`() async throws {
        try await StoreHouse.with { house async throws in
            let link = house.folder.appending(path: "elsewhere")
            try FileManager.default.createSymbolicLink(at: link, withDestinationURL: house.root)
            let store = try LocalObjectStore(root: link.path)
            try await store.put(Self.key, [1])
            _ = try await store.update(ObjectKey("b"), to: [2]) { _ in true }
            #expect(try await house.store.get(Self.key, limit: 9) == [1])
            #expect(try await house.store.get(ObjectKey("b"), limit: 9) == [2])
        }
    }

    /// A store with a link under `key` that leads to a file outside.
    private func withLink(_ body: (StoreHouse, _ outside: URL) async throws -> Void) async throws {
        try await StoreHouse.with { house async throws in
            let outside = house.folder.appending(path: "outside/secret.txt")
            for folder in [outside.deletingLastPathComponent(), house.root.appending(path: "a")] {
                try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            }
            try Data("secret".utf8).write(to: outside)
            try FileManager.default.createSymbolicLink(at: house.file(Self.key), withDestinationURL: outside)
            try await body(house, outside)
        }
    }
}
