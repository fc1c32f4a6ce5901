import Catalog
import Foundation
import ObjectStore

/// A catalog that throws the same at every call.
struct FaultyCatalog: Catalog {
    let fault: CatalogError

    func read<Value: Sendable>(
        _ body: @Sendable @escaping (any CatalogReader) throws -> Value
    ) async throws -> Value { throw fault }

    func write<Value: Sendable>(
        _ body: @Sendable @escaping (any CatalogWriter) throws -> Value
    ) async throws -> Value { throw fault }
}

/// An object store that throws the same at every call.
struct FaultyStore: ObjectStore {
    let fault: ObjectStoreError

    func put(_ key: ObjectKey, _ bytes: [UInt8]) async throws(ObjectStoreError) { throw fault }
    func putUnsynchronized(_ key: ObjectKey, _ bytes: [UInt8]) async throws(ObjectStoreError) { throw fault }
    func get(_ key: ObjectKey, limit: Int) async throws(ObjectStoreError) -> [UInt8] { throw fault }
    func get(_ key: ObjectKey, offset: Int, count: Int) async throws(ObjectStoreError) -> [UInt8] { throw fault }
    func size(_ key: ObjectKey) async throws(ObjectStoreError) -> Int64? { throw fault }
    func move(_ key: ObjectKey, to target: ObjectKey) async throws(ObjectStoreError) { throw fault }
    func list(below key: ObjectKey) async throws(ObjectStoreError) -> [ObjectEntry] { throw fault }
    func deleteAbandoned(below key: ObjectKey, before instant: Date) async throws(ObjectStoreError) { throw fault }
    func append(_ bytes: [UInt8], to key: ObjectKey, at offset: Int64) async throws(ObjectStoreError) -> Bool {
        throw fault
    }
    func synchronize(_ key: ObjectKey) async throws(ObjectStoreError) { throw fault }
    func delete(_ key: ObjectKey) async throws(ObjectStoreError) { throw fault }
    func deleteAll(below key: ObjectKey) async throws(ObjectStoreError) { throw fault }
    func writer(_ key: ObjectKey) async throws(ObjectStoreError) -> any ObjectWriter { throw fault }
    func update(
        _ key: ObjectKey, to bytes: [UInt8], if accept: @Sendable @escaping ([UInt8]?) -> Bool
    ) async throws(ObjectStoreError) -> Bool { throw fault }
    func check() async throws(ObjectStoreError) { throw fault }
}
