import Catalog
import Synchronization

/// A catalog whose writes fail when its test says so.
struct FailingWrites: Catalog {
    let catalog: any Catalog
    /// Called before each write, which fails with what it throws.
    let before: @Sendable () throws -> Void

    /// As when another process holds the file for too long.
    static let busy = CatalogError(.busy, "another process is writing")

    func read<Value: Sendable>(
        _ body: @Sendable @escaping (any CatalogReader) throws -> Value
    ) async throws -> Value { try await catalog.read(body) }

    func write<Value: Sendable>(
        _ body: @Sendable @escaping (any CatalogWriter) throws -> Value
    ) async throws -> Value {
        try before()
        return try await catalog.write(body)
    }
}

/// Counts the writes of a catalog.
final class WriteCount: Sendable {
    private let writes = Mutex(0)

    /// One more.
    /// - Returns: which one it is, 1 for the first.
    @discardableResult
    func next() -> Int {
        writes.withLock { writes in
            writes += 1
            return writes
        }
    }

    var value: Int { writes.withLock { $0 } }
}
