import Catalog
import Synchronization
import TestSupport

/// A real catalog that refuses its first writes, as one does while another process holds it.
final class BusyCatalog: Catalog {
    /// One for each refused write.
    let refused = Signals<Void>()
    private let inner: any Catalog
    private let refusals: Mutex<Int>

    init(_ inner: any Catalog, refusing refusals: Int) {
        self.inner = inner
        self.refusals = Mutex(refusals)
    }

    func read<Value: Sendable>(_ body: @Sendable @escaping (any CatalogReader) throws -> Value) async throws -> Value {
        try await inner.read(body)
    }

    func write<Value: Sendable>(_ body: @Sendable @escaping (any CatalogWriter) throws -> Value) async throws -> Value {
        let isRefused = refusals.withLock { refusals in
            refusals -= 1
            return refusals >= 0
        }
        if isRefused {
            refused.send(())
            throw CatalogError(.busy, "another process holds the catalog")
        }
        return try await inner.write(body)
    }
}
