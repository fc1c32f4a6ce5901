import Foundation
import ObjectStore
import TestSupport
import Testing

/// Bytes appear whole or not at all.
struct ObjectWriterTests {
    private static let key = ObjectKey("a", "b")

    @Test func `an object appears when its writer commits, whole`() async throws {
        try await StoreHouse.with { house async throws in
            try await house.store.put(Self.key, bytes("before"))
            let writer = try await house.store.writer(Self.key)
            for piece in ["one ", "", "two"] {
                try await writer.append(bytes(piece))
                #expect(try await house.store.get(Self.key, limit: 99) == bytes("before"))
            }
            for _ in 0..<2 { try await writer.commit() }
            #expect(try await house.store.get(Self.key, limit: 99) == bytes("one two"))
            #expect(try house.files() == ["a/b"])
        }
    }

    @Test func `a discarded writer leaves nothing`() async throws {
        try await StoreHouse.with { house async throws in
            let writer = try await house.store.writer(Self.key)
            try await writer.append([1])
            for _ in 0..<2 { await writer.discard() }
            #expect(try house.files() == [])
            #expect(try await house.store.size(Self.key) == nil)
        }
    }

    /// Seen red without the discard in `deinit`.
    @Test func `a writer that is dropped leaves nothing`() async throws {
        try await StoreHouse.with { house async throws in
            func begin() async throws { try await house.store.writer(Self.key).append([1]) }
            try await begin()
            // The thread that wrote may hold the writer for a moment longer.
            let files = house.files
            try await within(.seconds(20), "the end of the dropped writer") {
                while try !files().isEmpty {
                    try Task.checkCancellation()
                    await Task.yield()
                }
            }
        }
    }

    /// What a crash would leave. Seen red before temporaries began with a dot: they were objects like any other.
    @Test func `what an abandoned writer left is no object`() async throws {
        try await StoreHouse.with { house async throws in
            let writer = try await house.store.writer(Self.key)
            try await writer.append([1])
            let left = try house.files()
            #expect(left.count == 1)
            for path in left { #expect(ObjectKey(path: path) == nil) }
            #expect(try await house.store.size(Self.key) == nil)
            await writer.discard()
        }
    }

    /// Seen red before a closed writer said so: the upload was reported as stored.
    @Test func `a discarded writer takes nothing more and commits nothing`() async throws {
        try await StoreHouse.with { house async throws in
            let writer = try await house.store.writer(Self.key)
            await writer.discard()
            await #expect(throws: ObjectStoreError.self) { try await writer.append([1]) }
            await #expect(throws: ObjectStoreError.self) { try await writer.commit() }
            #expect(try await house.store.size(Self.key) == nil)
        }
    }

    @Test func `a committed writer takes nothing more, and discarding it removes nothing`() async throws {
        try await StoreHouse.with { house async throws in
            let writer = try await house.store.writer(Self.key)
            try await writer.append([1])
            try await writer.commit()
            await #expect(throws: ObjectStoreError.self) { try await writer.append([2]) }
            await writer.discard()
            #expect(try await house.store.get(Self.key, limit: 9) == [1])
        }
    }

    @Test func `of two writers of one key the later commit stands, unmixed`() async throws {
        try await StoreHouse.with { house async throws in
            let first = try await house.store.writer(Self.key)
            let second = try await house.store.writer(Self.key)
            try await first.append(bytes("first "))
            try await second.append(bytes("second "))
            try await first.append(bytes("whole"))
            try await second.append(bytes("whole"))
            try await second.commit()
            #expect(try await house.store.get(Self.key, limit: 99) == bytes("second whole"))
            try await first.commit()
            #expect(try await house.store.get(Self.key, limit: 99) == bytes("first whole"))
            #expect(try house.files() == ["a/b"])
        }
    }

    /// Seen red with `put` writing in place.
    @Test func `who reads while others put sees one of them whole`() async throws {
        try await StoreHouse.with { house async throws in
            let versions = [[UInt8](repeating: 1, count: 200_000), [UInt8](repeating: 2, count: 300_000)]
            try await house.store.put(Self.key, versions[0])
            try await withThrowingTaskGroup(of: Void.self) { group in
                for version in versions {
                    group.addTask { for _ in 0..<15 { try await house.store.put(Self.key, version) } }
                }
                for _ in 0..<2 {
                    group.addTask {
                        for _ in 0..<60 {
                            let seen = try await house.store.get(Self.key, limit: 1 << 20)
                            #expect(versions.contains(seen))
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }
}
