import Catalog
import CatalogSQLite
import Domain
import Foundation
import Logging
import ObjectStore
import TestSupport
import Testing

@testable import Imports

/// Sweeps that cannot do everything that is due.
struct SweepFaultTests {
    private static let opened = "2026-11-24"
    private static let later = Date.now.addingTimeInterval(3600)
    private static let yearLater = Date.now.addingTimeInterval(400 * 86_400)

    private struct House: Sendable {
        let catalog: SQLiteCatalog
        let store: LocalObjectStore

        /// Adds sessions that ended, with a row for one file each and nothing in the object store.
        func add(_ ids: [String], mergedAs version: Int64? = nil) async throws {
            try await catalog.write { writer in
                for id in ids {
                    var session = ImportSession(
                        sessionID: id, userID: "u", schemaID: "s", schemaVersion: "1",
                        createdAt: SweepFaultTests.opened + "T04:00:00.000Z")
                    session.status = version == nil ? .failed : .completed
                    session.appliedVersion = version
                    try writer.save(session)
                    try writer.save(
                        ImportFile(sessionID: id, index: 0, fileName: "a.csv", entity: "outlets", declaredSize: 3))
                }
            }
        }

        /// Sessions that are still to be cleared.
        func uncleared() async throws -> [String] {
            try await catalog.read { try $0.sessionsToClear(unchangedSince: .distantFuture, limit: 999) }
                .map(\.sessionID)
        }

        /// Sessions whose uploads and reports are still to be removed.
        func withUploads() async throws -> [String] {
            try await catalog.read { try $0.sessionsWithUploads(unchangedSince: .distantFuture, limit: 999) }
                .map(\.sessionID)
        }

        func sweeper(writes: (@Sendable () throws -> Void)? = nil) -> SessionSweeper {
            SessionSweeper(catalog: used(writes), store: store, logger: ImportHouse.quietLogger)
        }

        func retention(writes: @escaping @Sendable () throws -> Void) -> RetentionSweeper {
            RetentionSweeper(catalog: used(writes), store: store, logger: ImportHouse.quietLogger)
        }

        private func used(_ writes: (@Sendable () throws -> Void)?) -> any Catalog {
            guard let writes else { return catalog }
            return FailingWrites(catalog: catalog, before: writes)
        }
    }

    private static func with(_ body: (House) async throws -> Void) async throws {
        try await TestFolder.with { folder in
            try await body(
                House(
                    catalog: try SQLiteCatalog(path: folder.appending(path: "catalog.sqlite").path),
                    store: try LocalObjectStore(root: folder.appending(path: "objects").path)))
        }
    }

    @Test func `a session whose files somebody removed is cleared, and so is the next`() async throws {
        try await Self.with { house in
            for id in ["robbed", "whole"] { try await house.add([id], mergedAs: 3) }
            try await house.store.put(ObjectLayout.sealedFile(session: "whole", file: 0), [1, 2, 3])
            try await house.sweeper().sweepOnce(at: Self.later)
            #expect(try await house.uncleared().isEmpty)
            let kept = ObjectLayout.processedFile(session: "whole", date: Self.opened, file: 0)
            #expect(try await house.store.size(kept) == 3)
        }
    }

    @Test func `sessions that cannot be cleared keep no other from it, however many, until they can`() async throws {
        try await Self.with { house in
            let stuck = (0..<120).map { "stuck-\($0)" }
            try await house.add(stuck, mergedAs: 3)
            try await house.add(["last"])
            // An object where the folder of that day's files would be.
            let obstacle = ObjectKey("imports", "processed", Self.opened)
            try await house.store.put(obstacle, [1])
            for id in stuck { try await house.store.put(ObjectLayout.sealedFile(session: id, file: 0), [1, 2, 3]) }
            try await house.store.put(ObjectLayout.stagedRows(session: "last", chunk: 0), [4])
            try await house.sweeper().sweepOnce(at: Self.later)
            #expect(try await house.uncleared().sorted() == stuck.sorted())
            #expect(try await house.store.size(ObjectLayout.stagedRows(session: "last", chunk: 0)) == nil)
            #expect(try await house.store.size(ObjectLayout.sealedFile(session: "stuck-0", file: 0)) == 3)
            try await house.store.delete(obstacle)
            try await house.sweeper().sweepOnce(at: Self.later)
            #expect(try await house.uncleared().isEmpty)
        }
    }

    @Test func `uploads that cannot be removed keep neither others' nor anything else from being forgotten`()
        async throws
    {
        try await Self.with { house in
            for id in ["a", "b"] {
                try await house.add([id])
                try await house.catalog.write { try $0.markCleared(session: id) }
            }
            let key = GeocodeKey(provider: "google", addressHash: "x")
            try await house.catalog.write { try $0.remember(.unknown, for: key, at: .now) }
            let count = WriteCount()
            // The first write marks a's uploads as removed, the third forgets the marks of jobs.
            let failing = house.retention {
                let write = count.next()
                if write == 1 || write == 3 { throw FailingWrites.busy }
            }
            try await failing.sweepOnce(at: Self.yearLater)
            #expect(try await house.withUploads() == ["a"])
            #expect(try await house.catalog.read { try $0.geocode(key, since: .distantPast) } == nil)
        }
    }

    @Test func `a sweep that is cancelled ends at once, whatever the call that noticed says`() async throws {
        try await Self.with { house in
            try await house.add(["a", "b", "c"])
            let writes = WriteCount()
            let sweeper = house.sweeper {
                writes.next()
                withUnsafeCurrentTask { task -> Void in task?.cancel() }
                throw FailingWrites.busy
            }
            let sweeping = Task { try await sweeper.sweepOnce(at: Self.later) }
            await #expect(throws: CancellationError.self) { try await sweeping.value }
            #expect(writes.value == 1)
        }
    }
}
