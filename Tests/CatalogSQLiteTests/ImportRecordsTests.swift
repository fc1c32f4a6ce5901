import Catalog
import Domain
import Foundation
import Testing

struct ImportRecordsTests {
    @Test func `a session is read as it was written, new and changed`() async throws {
        try await CatalogHouse.with { house in
            var session = ImportSession(
                sessionID: "s1", userID: "u", schemaID: "outlets", schemaVersion: "1.0",
                createdAt: "2026-11-24T04:00:00.000Z", traceparent: "00-a-b-01")
            try await save(session, house)
            #expect(try await read("s1", house) == session)
            session.status = .completed
            session.stage = .snapshots
            session.processRequested = true
            session.pinnedVersion = 4
            session.appliedVersion = 5
            (session.bytesTotal, session.bytesDone) = (5_000_000_000, 4_999_999_999)
            (session.chunksTotal, session.chunksDone) = (12, 11)
            (session.snapshotsTotal, session.snapshotsDone) = (3, 2)
            session.counts = RecordCounts(read: 9, inserted: 1, updated: 2, unchanged: 3, refused: 3, warnings: 4)
            session.errorCode = ErrorCode.importFailed.rawValue
            session.errorMessage = "it's \"so\""
            session.completedAt = "2026-11-24T05:00:00.000Z"
            session.importer = UserContext(
                userId: "u", role: .gtPlanner,
                assignments: [.init(territoryId: "T", level: .area, permissions: [.importData])])
            try await save(session, house)
            #expect(try await read("s1", house) == session)
            #expect(try await read("s2", house) == nil)
        }
    }

    @Test func `sessions that stand still are found, and ended ones whose staging is to be cleared`() async throws {
        try await CatalogHouse.with { house in
            for (position, status) in ImportStatus.allCases.enumerated() {
                var session = ImportSession(
                    sessionID: status.rawValue, userID: "u", schemaID: "o", schemaVersion: "1",
                    createdAt: "2026-11-24T04:00:0\(9 - position).000Z")
                session.status = status
                try await save(session, house)
            }
            var waiting = ImportSession(
                sessionID: "snapshots", userID: "u", schemaID: "o", schemaVersion: "1",
                createdAt: "2026-11-25T00:00:00.000Z")
            waiting.status = .completed
            (waiting.snapshotsTotal, waiting.snapshotsDone) = (2, 1)
            try await save(waiting, house)
            let (idle, running, toClear) = try await house.catalog.read { reader in
                let future = Date.distantFuture
                return (
                    try reader.sessions(in: [.uploading, .validated], unchangedSince: future, limit: 9),
                    try reader.sessions(in: [.processing], unchangedSince: .distantPast, limit: 9),
                    try reader.sessionsToClear(unchangedSince: future, limit: 99)
                )
            }
            #expect(Set(idle.map(\.sessionID)) == ["UPLOADING", "VALIDATED"])
            #expect(running.isEmpty)
            #expect(Set(toClear.map(\.sessionID)) == ["COMPLETED", "FAILED", "CANCELLED", "ROLLED_BACK", "EXPIRED"])
            try await house.catalog.write { try $0.markCleared(session: "FAILED") }
            let left = try await house.catalog.read {
                try $0.sessionsToClear(unchangedSince: .distantFuture, limit: 99)
            }
            #expect(!left.map(\.sessionID).contains("FAILED"))
        }
    }

    @Test func `files are read by index, new and changed`() async throws {
        try await CatalogHouse.with { house in
            let second = ImportFile(sessionID: "s1", index: 1, fileName: "b.csv", entity: "outlets", declaredSize: 2)
            var first = ImportFile(sessionID: "s1", index: 0, fileName: "../a.csv", entity: "routes", declaredSize: 1)
            let foreign = ImportFile(sessionID: "s2", index: 0, fileName: "c", entity: "outlets", declaredSize: 3)
            let files = [second, first, foreign]
            try await house.catalog.write { writer in
                for file in files { try writer.save(file) }
            }
            #expect(try await house.catalog.read { try $0.files(ofSession: "s1") } == [files[1], second])
            first.size = 7
            first.sha256 = "abc"
            first.counts = RecordCounts(read: 3)
            let changed = first
            try await house.catalog.write { try $0.save(changed) }
            #expect(try await house.catalog.read { try $0.files(ofSession: "s1") } == [changed, second])
        }
    }

    @Test func `a version of a schema is written once`() async throws {
        try await CatalogHouse.with { house in
            let one = try schema("outlets", version: "1.0", name: "first")
            let renamed = try schema("outlets", version: "1.0", name: "other")
            let two = try schema("outlets", version: "2.0", name: "second")
            let routes = try schema("a-routes", version: "1.0", name: "routes")
            try await house.catalog.write { writer throws in
                #expect(try writer.save(one))
                #expect(try writer.save(one))
                #expect(try writer.save(renamed) == false)
                #expect(try writer.save(two))
                #expect(try writer.save(routes))
            }
            try await house.catalog.read { reader throws in
                #expect(try reader.schema("outlets", version: "1.0") == one)
                #expect(try reader.schema("outlets", version: nil) == two)
                #expect(try reader.schema("outlets", version: "3.0") == nil)
                #expect(try reader.schema("nothing", version: nil) == nil)
                #expect(try reader.schemas() == [routes, two])
            }
        }
    }

    private func save(_ session: ImportSession, _ house: CatalogHouse) async throws {
        try await house.catalog.write { try $0.save(session) }
    }

    private func read(_ id: String, _ house: CatalogHouse) async throws -> ImportSession? {
        try await house.catalog.read { try $0.session(id) }
    }

    private func schema(_ id: String, version: String, name: String) throws -> ImportSchema {
        let json = """
            {"schemaId": "\(id)", "schemaName": "\(name)", "version": "\(version)", "deltaStrategy": "UPSERT",
             "entities": {"outlets": {"table": "outlets", "files": ["*.csv"], "primaryKey": "outlet_id",
              "requiredFields": [], "fieldMappings": [{"targetField": "outlet_id", "sourceField": "ID"}]}}}
            """
        return try JSONDecoder().decode(ImportSchema.self, from: Data(json.utf8))
    }
}
