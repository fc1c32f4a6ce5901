import ObjectStore

/// An object of which small ranges are read, one after the other: it keeps what lies around the last one.
struct RangedObject: Sendable {
    private static let keptBytes = 1 << 18

    /// Bytes.
    let size: Int
    private let store: any ObjectStore
    private let key: ObjectKey
    private var kept: [UInt8] = []
    private var keptOffset = 0

    @inline(never)
    init(_ key: ObjectKey, in store: any ObjectStore) async throws {
        self.store = store
        self.key = key
        let size = try await store.size(key)
        self.size = Int(size ?? 0)
    }

    /// Reads a range; less where the object ends.
    ///
    /// Neither this nor what else waits here is inlined: the optimiser of Swift 6.3 crashes over it in `FileSource`.
    @inline(never)
    func get(_ range: Range<Int>) async throws -> [UInt8] {
        try Task.checkCancellation()
        return try await store.get(key, offset: range.lowerBound, count: range.count)
    }

    /// The same, and remembers what follows.
    @inline(never)
    mutating func read(_ range: Range<Int>) async throws -> [UInt8] {
        if range.lowerBound < keptOffset || range.upperBound > keptOffset + kept.count {
            kept = try await get(range.lowerBound..<range.lowerBound + max(range.count, Self.keptBytes))
            keptOffset = range.lowerBound
        }
        let start = range.lowerBound - keptOffset
        return Array(kept[start..<min(kept.count, start + range.count)])
    }
}
