import Catalog
import Domain
import Foundation
import GRDB
import Testing

struct AuditTests {
    private static func session(_ id: String, _ status: ImportStatus, user: String = "u") -> ImportSession {
        var session = ImportSession(
            sessionID: id, userID: user, schemaID: "o", schemaVersion: "1", createdAt: "2026-11-24T04:00:00.000Z")
        session.status = status
        session.processRequested = true
        session.counts = RecordCounts(read: 3, inserted: 2, refused: 1)
        return session
    }

    private static func tell(_ session: ImportSession, _ house: CatalogHouse) async throws {
        try await house.catalog.write { writer in
            var file = ImportFile(
                sessionID: session.sessionID, index: 0, fileName: "a.csv", entity: "outlets", declaredSize: 9)
            (file.size, file.sha256, file.counts) = (9, "ab", session.counts)
            try writer.save(session)
            try writer.save(file)
            try writer.tell(session)
        }
    }

    @Test func `an import that ended has one entry, and none while it runs`() async throws {
        try await CatalogHouse.with { house in
            var session = Self.session("s", .processing)
            try await Self.tell(session, house)
            #expect(try await house.catalog.read { try $0.auditEntries(AuditQuery(limit: 9)) }.isEmpty)
            session.status = .completed
            session.appliedVersion = 4
            session.snapshotsTotal = 2
            for done in 0...2 {
                session.snapshotsDone = done
                try await Self.tell(session, house)
            }
            let entries = try await house.catalog.read { try $0.auditEntries(AuditQuery(limit: 9)) }
            #expect(entries.count == 1)
            let entry = try #require(entries.first?.entry)
            #expect(entry.userId == "u" && entry.sessionId == "s" && entry.status == .completed)
            #expect(entry.schemaId == "o" && entry.schemaVersion == "1" && entry.catalogVersion == 4)
            #expect(entry.results.inserted == 2 && entry.results.refused == 1)
            #expect(entry.files.first?.sha256 == "ab" && entry.files.first?.results.totalRecords == 3)
            // What becomes of it later is one more.
            session.status = .rolledBack
            try await Self.tell(session, house)
            #expect(
                try await house.catalog.read { try $0.auditEntries(AuditQuery(limit: 9)) }.map(\.entry.status)
                    == [.rolledBack, .completed])
        }
    }

    /// Seen red with the session for which nothing was done entered.
    @Test func `a validation, and a session for which nothing was done, are no imports`() async throws {
        try await CatalogHouse.with { house in
            var validated = Self.session("v", .failed)
            validated.processRequested = false
            try await Self.tell(validated, house)
            var same = Self.session("r", .completed)
            same.sameAs = "s"
            try await Self.tell(same, house)
            #expect(try await house.catalog.read { try $0.auditEntries(AuditQuery(limit: 9)) }.isEmpty)
        }
    }

    @Test func `entries come newest first, by user, by session and from page to page`() async throws {
        try await CatalogHouse.with { house in
            for id in 0..<5 {
                try await Self.tell(Self.session("s\(id)", .failed, user: ["ann", "bob"][id % 2]), house)
            }
            func read(_ query: AuditQuery) async throws -> [String] {
                try await house.catalog.read { try $0.auditEntries(query).map(\.entry.sessionId) }
            }
            #expect(try await read(AuditQuery(limit: 9)) == ["s4", "s3", "s2", "s1", "s0"])
            #expect(try await read(AuditQuery(userID: "bob", limit: 9)) == ["s3", "s1"])
            #expect(try await read(AuditQuery(sessionID: "s2", limit: 9)) == ["s2"])
            let last = try await house.catalog.read { try $0.auditEntries(AuditQuery(limit: 2)).last?.number }
            #expect(try await read(AuditQuery(before: last, limit: 2)) == ["s2", "s1"])
        }
    }

    /// Seen red with the triggers left out.
    @Test(arguments: ["UPDATE import_audit SET user_id = 'x'", "DELETE FROM import_audit"])
    func `nothing changes or takes away what was entered`(_ sql: String) async throws {
        try await CatalogHouse.with { house in
            try await Self.tell(Self.session("s", .failed), house)
            let queue = try DatabaseQueue(path: house.path)
            await #expect(throws: DatabaseError.self) { try await queue.write { try $0.execute(sql: sql) } }
            #expect(
                try await house.catalog.read { try $0.auditEntries(AuditQuery(limit: 9)) }.first?.entry.userId == "u")
        }
    }
}
