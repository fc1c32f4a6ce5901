import Foundation
import ObjectStore
import Testing

struct ListingTests {
    @Test func `objects right below a key are listed by name, and nothing else`() async throws {
        try await StoreHouse.with { house in
            let before = Date.now.addingTimeInterval(-2)
            try await house.store.put(ObjectKey("a", "two"), bytes("22"))
            try await house.store.put(ObjectKey("a", "one"), bytes("1"))
            try await house.store.put(ObjectKey("a", "deeper", "three"), bytes("3"))
            try await house.store.put(ObjectKey("b"), bytes("4"))
            // An update leaves its lock beside the object, a writer that is cut off its part.
            _ = try await house.store.update(ObjectKey("a", "one"), to: bytes("new")) { _ in true }
            let open = try await house.store.writer(ObjectKey("a", "unfinished"))
            let entries = try await house.store.list(below: ObjectKey("a"))
            #expect(entries.map(\.key) == [ObjectKey("a", "one"), ObjectKey("a", "two")])
            #expect(entries.map(\.size) == [3, 2])
            #expect(entries.allSatisfy { $0.modified > before && $0.modified < Date.now.addingTimeInterval(2) })
            await open.discard()
            #expect(try await house.store.list(below: ObjectKey("none")).isEmpty)
        }
    }

    /// Seen red with the instant not looked at.
    @Test func `what a killed writer left goes once it is old, and nothing else`() async throws {
        try await StoreHouse.with { house in
            try await house.store.put(ObjectKey("known", "object"), [1])
            let writer = try await house.store.writer(ObjectKey("known", "unfinished"))
            try await writer.append([1, 2, 3])
            func names() throws -> [String] {
                try FileManager.default.contentsOfDirectory(atPath: house.root.path + "/known")
            }
            #expect(try names().count == 2)
            try await house.store.deleteAbandoned(below: ObjectKey("known"), before: .now.addingTimeInterval(-60))
            #expect(try names().count == 2)
            try await house.store.deleteAbandoned(below: ObjectKey("known"), before: .now.addingTimeInterval(60))
            #expect(try names() == ["object"])
            try await house.store.deleteAbandoned(below: ObjectKey("nowhere"), before: .now)
            await writer.discard()
        }
    }
}
