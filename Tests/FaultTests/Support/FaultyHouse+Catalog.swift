import Catalog
import CatalogSQLite
import Foundation
import TestSupport

extension FaultyHouse {
    /// Keeps every other writer of the catalog waiting until `body` ends.
    func holdingCatalog(of server: ServerProcess, _ body: () async throws -> Void) async throws {
        let catalog = try SQLiteCatalog(path: server.home.appending(path: "catalog.sqlite").path)
        let (isHeld, holds) = AsyncStream.makeStream(of: Void.self)
        let release = DispatchSemaphore(value: 0)
        async let holding: Void = catalog.write { _ in
            holds.yield()
            release.wait()
        }
        do {
            for await _ in isHeld { break }
            try await body()
        } catch {
            release.signal()
            throw error
        }
        release.signal()
        try await holding
    }
}
