import Foundation
import ObjectStore
import Synchronization
import TestSupport

/// A real store that keeps its first `update` waiting until a test lets it go on, and tells what each one found.
final class HeldStore: ObjectStore {
    private let inner: any ObjectStore
    private let isHeld = Mutex(true)
    private let arrived = AsyncStream<Void>.makeStream()
    private let released = AsyncStream<Void>.makeStream()

    init(_ inner: any ObjectStore) { self.inner = inner }

    /// Returns when the first update is waiting.
    func whenHeld() async throws {
        let stream = arrived.stream
        try await within(.seconds(20), "the first update") { for await _ in stream { return } }
    }

    /// Lets it go on.
    func release() { released.continuation.finish() }

    func update(
        _ key: ObjectKey, to bytes: [UInt8], if accept: @Sendable @escaping ([UInt8]?) -> Bool
    ) async throws(ObjectStoreError) -> Bool {
        if isHeld.withLock({ held in (held, held = false).0 }) {
            arrived.continuation.finish()
            for await _ in released.stream {}
        }
        return try await inner.update(key, to: bytes, if: accept)
    }

    func put(_ key: ObjectKey, _ bytes: [UInt8]) async throws(ObjectStoreError) { try await inner.put(key, bytes) }

    func putUnsynchronized(_ key: ObjectKey, _ bytes: [UInt8]) async throws(ObjectStoreError) {
        try await inner.putUnsynchronized(key, bytes)
    }

    func get(_ key: ObjectKey, limit: Int) async throws(ObjectStoreError) -> [UInt8] {
        try await inner.get(key, limit: limit)
    }

    func get(_ key: ObjectKey, offset: Int, count: Int) async throws(ObjectStoreError) -> [UInt8] {
        try await inner.get(key, offset: offset, count: count)
    }

    func size(_ key: ObjectKey) async throws(ObjectStoreError) -> Int64? { try await inner.size(key) }

    func move(_ key: ObjectKey, to target: ObjectKey) async throws(ObjectStoreError) {
        try await inner.move(key, to: target)
    }

    func deleteAbandoned(below key: ObjectKey, before instant: Date) async throws(ObjectStoreError) {
        try await inner.deleteAbandoned(below: key, before: instant)
    }

    func list(below key: ObjectKey) async throws(ObjectStoreError) -> [ObjectEntry] {
        try await inner.list(below: key)
    }

    func append(_ bytes: [UInt8], to key: ObjectKey, at offset: Int64) async throws(ObjectStoreError) -> Bool {
        try await inner.append(bytes, to: key, at: offset)
    }

    func synchronize(_ key: ObjectKey) async throws(ObjectStoreError) { try await inner.synchronize(key) }

    func delete(_ key: ObjectKey) async throws(ObjectStoreError) { try await inner.delete(key) }

    func deleteAll(below key: ObjectKey) async throws(ObjectStoreError) { try await inner.deleteAll(below: key) }

    func writer(_ key: ObjectKey) async throws(ObjectStoreError) -> any ObjectWriter { try await inner.writer(key) }

    func check() async throws(ObjectStoreError) { try await inner.check() }
}
