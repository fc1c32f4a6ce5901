import Foundation
import ObjectStore
import Testing

struct AppendingTests {
    private static let key = ObjectKey("a", "part")

    /// Seen red with the offset not compared.
    @Test func `bytes are added where the object ends, and nowhere else`() async throws {
        try await StoreHouse.with { house in
            #expect(try await house.store.append(bytes("one"), to: Self.key, at: 0))
            #expect(try await house.store.append(bytes(",two"), to: Self.key, at: 3))
            for offset in [Int64(0), 3, 6, 8] {
                #expect(try await !house.store.append(bytes("x"), to: Self.key, at: offset), "\(offset)")
            }
            try await house.store.synchronize(Self.key)
            // Another process that opens the store finds it as it is.
            let other = try LocalObjectStore(root: house.root.path)
            #expect(try await other.size(Self.key) == 7)
            #expect(try await other.get(Self.key, limit: 99) == bytes("one,two"))
        }
    }

    @Test func `of two who add at once, one does`() async throws {
        try await StoreHouse.with { house in
            let added = try await withThrowingTaskGroup(of: Bool.self) { group in
                for writer in 0..<8 {
                    group.addTask {
                        try await house.store.append(
                            [UInt8](repeating: UInt8(writer), count: 100_000), to: Self.key, at: 0)
                    }
                }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(added == 1)
            #expect(Set(try await house.store.get(Self.key, limit: 1 << 20)).count == 1)
        }
    }

    @Test func `an object that is not there cannot be gone on with`() async throws {
        try await StoreHouse.with { house in
            let error = await #expect(throws: ObjectStoreError.self) {
                try await house.store.append(bytes("x"), to: Self.key, at: 5)
            }
            #expect(error?.code == .notFound)
        }
    }
}
