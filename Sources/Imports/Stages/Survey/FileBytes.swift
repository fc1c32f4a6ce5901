import ObjectStore

/// The bytes of a file, wherever it lies.
protocol FileBytes: Sendable {
    /// How many there are.
    func size() async throws -> Int

    /// A part of them; less than asked for where the file ends.
    func get(offset: Int, count: Int) async throws -> [UInt8]
}

/// A file in the object store.
struct StoredBytes: FileBytes {
    private let key: ObjectKey
    private let store: any ObjectStore

    init(_ key: ObjectKey, in store: any ObjectStore) {
        self.key = key
        self.store = store
    }

    func size() async throws -> Int { Int(try await store.size(key) ?? 0) }

    func get(offset: Int, count: Int) async throws -> [UInt8] {
        try await store.get(key, offset: offset, count: count)
    }
}
