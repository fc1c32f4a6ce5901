import Domain
import Foundation
import HTTPTypes
import Imports
import NIOCore
import ObjectStore
import Testing

/// GET /api/import/session, both ways of naming it, and the report that it leads to.
struct SessionReportTests {
    private static let content = "id,name\n1,a\n"

    @Test func `a new session is told whole, by path and by query alike`() async throws {
        try await APIHouse.with { house in
            let id = try await house.openAndUpload(["outlets.csv": Self.content]).sessionId
            let byPath = try await house.send(.get, "/api/import/session/\(id)", as: .producer)
            let byQuery = try await house.send(.get, "/api/import/session?sessionId=\(id)", as: .producer)
            #expect(String(buffer: byPath.body) == String(buffer: byQuery.body))
            let session = try jsonObject(byPath)
            #expect(
                Set(session.keys) == [
                    "sessionId", "userId", "schemaId", "schemaVersion", "status", "stage", "progress", "stages",
                    "finished", "results", "files", "createdAt", "changedAt", "stuck",
                ])
            #expect(session["userId"] as? String == "producer")
            #expect(session["schemaId"] as? String == "tiny")
            #expect(session["schemaVersion"] as? String == "1")
            #expect(session["status"] as? String == "UPLOADING")
            #expect(session["stage"] as? String == "upload")
            #expect(session["progress"] as? Int == 0)
            #expect(session["finished"] as? Bool == false)
            let results = try #require(session["results"] as? [String: Any])
            #expect(
                Set(results.keys) == [
                    "totalRecords", "successCount", "errorCount", "warningCount", "inserted", "updated", "unchanged",
                    "deleted", "combined", "refused", "warnings",
                ])
            let file = try #require((session["files"] as? [[String: Any]])?.first)
            #expect(file["fileName"] as? String == "outlets.csv")
            #expect(file["entity"] as? String == "outlets")
            #expect(file["fileSize"] as? Int == Self.content.utf8.count)
            #expect(file["sha256"] as? String == Digest.sha256(Self.content))
        }
    }

    @Test func `how a file was read is told with it`() async throws {
        try await APIHouse.with { house in
            let id = try await house.openAndUpload(["outlets.csv": Self.content]).sessionId
            try await house.catalog.write { writer in
                var file = try writer.files(ofSession: id)[0]
                file.reading = FileReading(
                    container: "zip", member: "a.csv", encoding: "latin1", delimiter: ";", quote: "\"", headerLine: 2,
                    confidence: 0.94, reasons: ["why"])
                try writer.save(file)
            }
            let session = try jsonObject(try await house.send(.get, "/api/import/session/\(id)", as: .producer))
            let file = try #require((session["files"] as? [[String: Any]])?.first)
            let format = try #require(file["format"] as? [String: Any])
            #expect(format["encoding"] as? String == "latin1" && format["confidence"] as? Double == 0.94)
            #expect(format["container"] as? String == "zip" && format["headerLine"] as? Int == 2)
            #expect(format["reasons"] as? [String] == ["why"])
        }
    }

    @Test func `a session that was merged tells its results and its version`() async throws {
        try await APIHouse.with { house in
            let id = try await house.openAndUpload(["outlets.csv": Self.content]).sessionId
            try await house.change(id) { session in
                session.status = .completed
                session.stage = .snapshots
                session.appliedVersion = 41
                session.completedAt = "2026-11-24T03:49:12.123Z"
                session.counts = RecordCounts(
                    read: 10, inserted: 4, updated: 3, unchanged: 1, refused: 2, warnings: 5)
            }
            let session = try jsonObject(try await house.send(.get, "/api/import/session/\(id)", as: .producer))
            #expect(session["progress"] as? Int == 100)
            #expect(session["finished"] as? Bool == true)
            #expect(session["catalogVersion"] as? Int == 41)
            #expect(session["completedAt"] as? String == "2026-11-24T03:49:12.123Z")
            var results = try #require(session["results"] as? [String: Any])
            #expect((results.removeValue(forKey: "warnings") as? [Any])?.isEmpty == true)
            #expect(
                results as? [String: Int] == [
                    "totalRecords": 10, "successCount": 8, "errorCount": 2, "warningCount": 5, "inserted": 4,
                    "updated": 3, "unchanged": 1, "deleted": 0, "combined": 0, "refused": 2,
                ])
        }
    }

    @Test func `a session that failed tells why`() async throws {
        try await APIHouse.with { house in
            let id = try await house.open(["outlets.csv": Self.content]).sessionId
            try await house.change(id) { session in
                session.status = .failed
                session.errorCode = ErrorCode.importFailed.rawValue
                session.errorMessage = "half of the rows were refused"
            }
            let session = try jsonObject(try await house.send(.get, "/api/import/session/\(id)", as: .producer))
            #expect(session["errorCode"] as? String == "ERR_IMPORT_003")
            #expect(session["errorMessage"] as? String == "half of the rows were refused")
        }
    }

    /// Seen red without `advanced(by:)`.
    @Test func `a running merge is told as finely as the hot state knows it`() async throws {
        try await APIHouse.with { house in
            let id = try await house.open(["outlets.csv": Self.content]).sessionId
            try await house.change(id) { session in
                session.status = .processing
                session.stage = .merge
            }
            await house.hotState.advance(.merge, ofSession: id, to: 300, of: 1000)
            let session = try jsonObject(try await house.send(.get, "/api/import/session/\(id)", as: .producer))
            let stages = try #require(session["stages"] as? [[String: Any]])
            #expect(
                stages.map { $0["name"] as? String } == [
                    "upload", "schema", "validate", "resolve", "merge", "snapshots",
                ])
            try #require(stages.count == 6)
            #expect(stages[4]["done"] as? Int == 300)
            #expect(stages[4]["total"] as? Int == 1000)
            #expect(stages[4]["unit"] as? String == "records")
        }
    }

    @Test(arguments: [
        ("/api/import/session", 400, "?sessionId="), ("/api/import/session?sessionId=", 400, "sessionId must have"),
        ("/api/import/session?session=x", 400, "?sessionId="), ("/api/import/session/none", 404, "no import session"),
        ("/api/import/session?sessionId=none", 404, "no import session"),
    ]) func `what names no session is refused in words`(_ path: String, _ status: Int, _ words: String) async throws {
        try await APIHouse.with { house in
            try expectProblem(try await house.send(.get, path, as: .producer), status, says: words)
        }
    }

    /// Seen red with a report URL that was signed for PUT.
    @Test func `the report's URL downloads the CSV without a token, until it expires`() async throws {
        try await APIHouse.with { house in
            let id = try await house.open(["outlets.csv": Self.content]).sessionId
            let session = try #require(try await house.catalog.read { try $0.session(id) })
            let key = ObjectLayout.report(session: id, date: session.openedOn)
            // Longer than one piece of a download, so that the pieces are put together too.
            let report = "severity,code\n" + String(repeating: "ERROR,ROW_REQUIRED_MISSING\n", count: 20_000)
            try await house.store.put(key, Array(report.utf8))
            let told = try jsonObject(try await house.send(.get, "/api/import/session/\(id)", as: .producer))
            let url = try #require(told["reportUrl"] as? String)
            let response = try await house.send(.get, APIHouse.target(of: url), as: nil)
            #expect(response.status == .ok)
            #expect(response.headers[.contentType] == "text/csv; charset=utf-8")
            #expect(response.headers[.contentDisposition]?.hasPrefix("attachment; filename=\"") == true)
            #expect(response.headers[.contentDisposition]?.hasSuffix(".csv\"") == true)
            #expect(response.headers[.xContentTypeOptions] == "nosniff")
            #expect(String(buffer: response.body) == report)

            let expired = house.signer.path(.get, key, expires: .now.addingTimeInterval(-1))
            try expectProblem(try await house.send(.get, expired, as: nil), 410, .sessionExpired)
            let forPut = house.signer.path(.put, key, expires: .now.addingTimeInterval(60))
            try expectProblem(try await house.send(.get, forPut, as: nil), 403, .insufficientPermissions)
            let missing = house.signer.path(.get, ObjectKey("none.csv"), expires: .now.addingTimeInterval(60))
            try expectProblem(try await house.send(.get, missing, as: nil), 404, says: "there is no such object")
        }
    }
}
