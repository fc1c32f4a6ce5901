import Foundation
import ObjectStore
import Testing

struct LocalObjectStoreTests {
    private static let key = ObjectKey("a", "b")

    @Test(arguments: [0, 1, 1 << 20])
    func `an object comes back as it was put`(_ size: Int) async throws {
        try await StoreHouse.with { house async throws in
            let content = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            try await house.store.put(Self.key, content)
            #expect(try await house.store.get(Self.key, limit: size) == content)
            #expect(try await house.store.size(Self.key) == Int64(size))
            let later = try LocalObjectStore(root: house.root.path)
            #expect(try await later.get(Self.key, limit: size) == content)
            try await house.store.put(Self.key, [7])
            #expect(try await later.get(Self.key, limit: size + 1) == [7])
            #expect(try house.files() == ["a/b"])
        }
    }

    @Test func `an object above the limit is not read`() async throws {
        try await StoreHouse.with { house async throws in
            try await house.store.put(Self.key, [1, 2, 3])
            #expect(try await house.store.get(Self.key, limit: 3) == [1, 2, 3])
            let error = await #expect(throws: ObjectStoreError.self) { try await house.store.get(Self.key, limit: 2) }
            #expect(error?.code == .tooLarge)
        }
    }

    /// Seen red (a crash) before the count was brought within the object: memory for it was taken at once.
    @Test(arguments: [
        (0, 4, "0123"), (6, 4, "6789"), (8, 4, "89"), (10, 4, ""), (99, 4, ""), (0, 0, ""), (3, -1, ""),
        (7, Int.max, "789"), (Int.max, Int.max, ""),
    ])
    func `a part ends where the object ends`(_ offset: Int, _ count: Int, _ wanted: String) async throws {
        try await StoreHouse.with { house async throws in
            try await house.store.put(Self.key, bytes("0123456789"))
            #expect(try await house.store.get(Self.key, offset: offset, count: count) == bytes(wanted))
        }
    }

    @Test(arguments: [-1, Int.min]) func `nothing lies before an object's beginning`(_ offset: Int) async throws {
        try await StoreHouse.with { house async throws in
            try await house.store.put(Self.key, bytes("0123456789"))
            await #expect(throws: ObjectStoreError.self) {
                try await house.store.get(Self.key, offset: offset, count: 1)
            }
        }
    }

    /// Seen red with a folder's size before what is no plain file was no object.
    @Test(arguments: [["nowhere"], ["a"], ["a", "b", "c"], ["x", "y", "z"]])
    func `what was not put is not there`(_ components: [String]) async throws {
        try await StoreHouse.with { house async throws in
            try await house.store.put(Self.key, [1])
            let missing = try #require(ObjectKey(path: components.joined(separator: "/")))
            #expect(try await house.store.size(missing) == nil)
            let whole = await #expect(throws: ObjectStoreError.self) { try await house.store.get(missing, limit: 9) }
            let part = await #expect(throws: ObjectStoreError.self) {
                try await house.store.get(missing, offset: 0, count: 9)
            }
            #expect(whole?.code == .notFound)
            #expect(part?.code == .notFound)
            try await house.store.delete(missing)
            #expect(try await house.store.get(Self.key, limit: 9) == [1])
        }
    }

    @Test func `a moved object lies under its new key only, and moving it again is no error`() async throws {
        try await StoreHouse.with { house async throws in
            let target = ObjectKey("c", "d", "e")
            try await house.store.put(Self.key, [1])
            for _ in 0..<2 { try await house.store.move(Self.key, to: target) }
            #expect(try await house.store.get(target, limit: 9) == [1])
            #expect(try await house.store.size(Self.key) == nil)
            try await house.store.put(Self.key, [2])
            try await house.store.move(Self.key, to: target)
            #expect(try await house.store.get(target, limit: 9) == [2])
        }
    }

    @Test func `moving what was never there is an error`() async throws {
        try await StoreHouse.with { house async throws in
            let error = await #expect(throws: ObjectStoreError.self) {
                try await house.store.move(Self.key, to: ObjectKey("a", "c"))
            }
            #expect(error?.code == .notFound)
        }
    }

    @Test func `deleting removes one object, and twice is no error`() async throws {
        try await StoreHouse.with { house async throws in
            try await house.store.put(Self.key, [1])
            try await house.store.put(ObjectKey("a", "c"), [2])
            for _ in 0..<2 { try await house.store.delete(Self.key) }
            #expect(try house.files() == ["a/c"])
        }
    }

    @Test func `deleting all below a key leaves its neighbours`() async throws {
        try await StoreHouse.with { house async throws in
            for name in ["a/b/c", "a/b/d/e", "a/bc/d", "a/x"] {
                try await house.store.put(try #require(ObjectKey(path: name)), [1])
            }
            for _ in 0..<2 { try await house.store.deleteAll(below: Self.key) }
            #expect(try house.files() == ["a/bc/d", "a/x"])
        }
    }

    @Test func `a check writes, leaves nothing, and says when nothing can be written`() async throws {
        try await StoreHouse.with { house async throws in
            try await house.store.check()
            #expect(try house.files() == [])
            try FileManager.default.removeItem(at: house.root)
            try Data().write(to: house.root)
            let error = await #expect(throws: ObjectStoreError.self) { try await house.store.check() }
            #expect(error?.message.contains(house.root.path) == true)
        }
    }
}
