import Catalog
import CatalogSQLite
import Domain
import Foundation
import Imports
import Logging
import ObjectStore
import TestSupport
import Testing

/// What becomes of sessions that nobody goes on with, and of what ended ones leave behind.
@Suite("Session sweeper")
struct SessionSweeperTests {
    private struct House {
        let catalog: SQLiteCatalog
        let store: LocalObjectStore
        let sweeper: SessionSweeper

        func add(_ status: ImportStatus, mergedAs version: Int64? = nil) async throws {
            var session = ImportSession(
                sessionID: status.rawValue, userID: "u", schemaID: "s", schemaVersion: "1",
                createdAt: "2026-11-24T04:00:00.000Z")
            session.status = status
            session.appliedVersion = version
            let saved = session
            try await catalog.write { try $0.save(saved) }
        }

        func session(_ status: ImportStatus) async throws -> ImportSession? {
            try await catalog.read { try $0.session(status.rawValue) }
        }
    }

    private static func with(_ body: (House) async throws -> Void) async throws {
        try await TestFolder.with { folder in
            let catalog = try SQLiteCatalog(path: folder.appending(path: "catalog.sqlite").path)
            let store = try LocalObjectStore(root: folder.appending(path: "objects").path)
            let sweeper = SessionSweeper(catalog: catalog, store: store, logger: Logger(label: "test"))
            try await body(House(catalog: catalog, store: store, sweeper: sweeper))
        }
    }

    /// Seen red with the rules' patience left out.
    @Test(
        "a session that stood still for its patience ends, and not before",
        arguments: [
            (ImportStatus.uploading, 24, ImportStatus.expired, ErrorCode.sessionExpired),
            (.validated, 168, .expired, .sessionExpired),
            (.validating, 24, .failed, .importFailed),
            (.processing, 24, .failed, .importFailed),
        ])
    func standsStill(_ status: ImportStatus, hours: Int, end: ImportStatus, code: ErrorCode) async throws {
        try await Self.with { house in
            try await house.add(status)
            let patience = TimeInterval(hours * 3600)
            try await house.sweeper.sweepOnce(at: Date.now.addingTimeInterval(patience - 60))
            #expect(try await house.session(status)?.status == status)
            try await house.sweeper.sweepOnce(at: Date.now.addingTimeInterval(patience + 60))
            let ended = try await house.session(status)
            #expect(ended?.status == end)
            #expect(ended?.errorCode == code.rawValue)
            let state = try await house.catalog.read { try $0.state(of: .importSession(status.rawValue)) }
            #expect(state?.type == .importFinished)
        }
    }

    @Test("snapshots that a completed session still waits for are asked for again after its patience")
    func asksAgain() async throws {
        try await Self.with { house in
            try await house.add(.completed)
            try await house.catalog.write { writer in
                var session = try #require(try writer.session("COMPLETED"))
                session.appliedVersion = 7
                session.snapshotsTotal = 3
                session.snapshotsDone = 1
                try writer.save(session)
                try writer.awaitSnapshots(of: ["T1", "T2"], session: "COMPLETED")
            }
            func asked() async throws -> [RegenerateSnapshotJob] {
                try await house.catalog.dueEntries(limit: 9).compactMap { entry in
                    guard case .job(let request) = entry.content else { return nil }
                    return try JSONDecoder().decode(RegenerateSnapshotJob.self, from: request.data)
                }
            }
            try await house.sweeper.sweepOnce(at: Date.now.addingTimeInterval(24 * 3600 - 60))
            #expect(try await asked().isEmpty)
            try await house.sweeper.sweepOnce(at: Date.now.addingTimeInterval(24 * 3600 + 60))
            let jobs = try await asked()
            #expect(jobs.map(\.territoryID).sorted() == ["T1", "T2"])
            #expect(jobs.allSatisfy { $0.version == 7 && $0.sessionID == "COMPLETED" })
            #expect(try await house.session(.completed)?.status == .completed)
        }
    }

    /// Seen red with the clearing left out.
    @Test("what an ended session staged goes; files of a merged one move to processed, rolled back or not")
    func clears() async throws {
        try await Self.with { house in
            for status in [ImportStatus.completed, .rolledBack, .failed] {
                try await house.add(status, mergedAs: status == .failed ? nil : 3)
                let id = status.rawValue
                let file = ImportFile(sessionID: id, index: 0, fileName: "a.csv", entity: "outlets", declaredSize: 3)
                try await house.catalog.write { try $0.save(file) }
                try await house.store.put(ObjectLayout.sealedFile(session: id, file: 0), [1, 2, 3])
                try await house.store.put(ObjectLayout.stagedRows(session: id, chunk: 0), [4])
                try await house.store.put(ObjectLayout.report(session: id, date: "2026-11-24"), [5])
            }
            // Ended without ever having staged anything.
            try await house.add(.expired)
            try await house.sweeper.sweepOnce(at: Date.now.addingTimeInterval(3600))
            for id in ["COMPLETED", "ROLLED_BACK", "FAILED"] {
                #expect(try await house.store.size(ObjectLayout.sealedFile(session: id, file: 0)) == nil)
                #expect(try await house.store.size(ObjectLayout.stagedRows(session: id, chunk: 0)) == nil)
                #expect(try await house.store.size(ObjectLayout.report(session: id, date: "2026-11-24")) == 1)
                let processed = ObjectLayout.processedFile(session: id, date: "2026-11-24", file: 0)
                #expect(try await house.store.size(processed) == (id == "FAILED" ? nil : 3))
            }
            let left = try await house.catalog.read { try $0.sessionsToClear(unchangedSince: .distantFuture, limit: 9) }
            #expect(left.isEmpty)
        }
    }
}
