import Foundation
import ObjectStore
import Synchronization
import TestSupport
import Testing

/// `update` is how a manifest only ever moves forward.
struct CompareAndSetTests {
    private static let key = ObjectKey("territories", "T1", "metadata.json")

    /// What the updates found, in the order in which the lock let them in, and how many replaced it.
    private final class Sightings: Sendable {
        let seen = Mutex<[Int]>([])
        let replaced = Mutex(0)
    }

    @Test func `what is there decides, and nothing is there at first`() async throws {
        try await StoreHouse.with { house async throws in
            #expect(try await house.store.update(Self.key, to: [1]) { $0 == nil })
            #expect(try await house.store.update(Self.key, to: [2]) { $0 == nil } == false)
            #expect(try await house.store.get(Self.key, limit: 9) == [1])
            #expect(try await house.store.update(Self.key, to: [2]) { $0 == [1] })
            #expect(try await house.store.get(Self.key, limit: 9) == [2])
        }
    }

    /// Seen red before locks began with a dot: an object that nobody put was there, and putting one of that name let
    /// two updates in at once.
    @Test func `an update leaves no other object`() async throws {
        try await StoreHouse.with { house async throws in
            _ = try await house.store.update(Self.key, to: [1]) { _ in true }
            let objects = try house.files().filter { ObjectKey(path: $0) != nil }
            #expect(objects == [Self.key.description])
            #expect(try await house.store.size(ObjectKey("territories", "T1", "metadata.json.lock")) == nil)
        }
    }

    /// Two stores on one folder stand for two processes. Seen red without the lock.
    @Test func `it never moves backwards, from many tasks and two stores at once`() async throws {
        let seed = UInt64.random(in: 0 ... .max)
        print("CompareAndSetTests seed \(seed)")
        var generator = SeededGenerator(state: seed)
        let numbers = (1...120).shuffled(using: &generator)
        try await StoreHouse.with { house async throws in
            let stores = [house.store, try LocalObjectStore(root: house.root.path)]
            let sightings = Sightings()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in numbers {
                    group.addTask {
                        let done = try await stores[number % 2].update(Self.key, to: bytes("\(number)")) { present in
                            let known = present.flatMap { Int(String(decoding: $0, as: UTF8.self)) } ?? 0
                            sightings.seen.withLock { $0.append(known) }
                            return known < number
                        }
                        if done { sightings.replaced.withLock { $0 += 1 } }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await house.store.get(Self.key, limit: 9) == bytes("120"))
            let order = sightings.seen.withLock { $0 }
            #expect(order == order.sorted(), "each update sees what the one before it left")
            let steps = Set(order).union([120]).count - 1
            #expect(sightings.replaced.withLock { $0 } == steps, "each one that said it replaced was seen by the next")
        }
    }
}
