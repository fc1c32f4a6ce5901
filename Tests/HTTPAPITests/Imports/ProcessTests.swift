import Domain
import Foundation
import HTTPTypes
import Testing

/// POST /api/import/validate and /api/import/process.
struct ProcessTests {
    private static let files = ["outlets.csv": "id,name\n1,a\n", "territories.csv": "id,name,level\nT,t,AREA\n"]

    /// Seen red with `demandUploads` left out.
    @Test(arguments: ["/api/import/process", "/api/import/validate"])
    func `before every file is uploaded: 409, and the missing ones by name`(_ route: String) async throws {
        try await APIHouse.with { house in
            let opened = try await house.open(Self.files)
            let none = try await house.post(route, session: opened.sessionId)
            try expectProblem(none, 409, .sessionConflict, says: "outlets.csv, territories.csv")
            _ = try await house.upload(
                Self.files["outlets.csv"] ?? "", to: opened.uploadUrls["outlets.csv"] ?? "")
            let one = try await house.post(route, session: opened.sessionId)
            let problem = try expectProblem(one, 409, .sessionConflict, says: "territories.csv")
            #expect(!problem.detail.contains("outlets.csv"))
            #expect(try await Self.jobs(house) == 0)
        }
    }

    /// Seen red with a session under way taken for a conflict.
    @Test func `processing twice answers 202 twice and asks for one job`() async throws {
        try await APIHouse.with { house in
            let opened = try await house.openAndUpload(Self.files)
            for _ in 0..<2 {
                let response = try await house.post("/api/import/process", session: opened.sessionId)
                let progress = try jsonObject(response, .accepted)
                #expect(progress["sessionId"] as? String == opened.sessionId)
                #expect(progress["status"] as? String == "PROCESSING")
                #expect(response.headers[.location] == "/api/import/session/\(opened.sessionId)")
                #expect(response.headers[.retryAfter] == "1")
            }
            #expect(try await Self.jobs(house) == 1)
        }
    }

    @Test func `validating and then processing is one validation that goes on to the merge`() async throws {
        try await APIHouse.with { house in
            let opened = try await house.openAndUpload(Self.files)
            let validating = try await house.post("/api/import/validate", session: opened.sessionId)
            #expect(try jsonObject(validating, .accepted)["status"] as? String == "VALIDATING")
            let processing = try await house.post("/api/import/process", session: opened.sessionId)
            _ = try jsonObject(processing, .accepted)
            #expect(try await Self.jobs(house) == 1)
            let session = try await house.catalog.read { try $0.session(opened.sessionId) }
            #expect(session?.processRequested == true)
        }
    }

    @Test(arguments: [
        (ImportStatus.failed, 409, ErrorCode.sessionConflict), (.cancelled, 409, .sessionConflict),
        (.rolledBack, 409, .sessionConflict), (.expired, 410, .sessionExpired),
    ]) func `a session that ended cannot be started again`(
        _ status: ImportStatus, _ expected: Int, _ code: ErrorCode
    ) async throws {
        try await APIHouse.with { house in
            let opened = try await house.openAndUpload(Self.files)
            try await house.setStatus(status, of: opened.sessionId)
            for route in ["/api/import/process", "/api/import/validate"] {
                let response = try await house.post(route, session: opened.sessionId)
                try expectProblem(response, expected, code, says: "open a new one")
            }
        }
    }

    @Test(arguments: [ImportStatus.processing, .completed])
    func `a session that goes on or is done answers 202 with its state`(_ status: ImportStatus) async throws {
        try await APIHouse.with { house in
            let opened = try await house.openAndUpload(Self.files)
            try await house.setStatus(status, of: opened.sessionId)
            let response = try await house.post("/api/import/process", session: opened.sessionId)
            #expect(try jsonObject(response, .accepted)["status"] as? String == status.rawValue)
            #expect(try await Self.jobs(house) == 0)
        }
    }

    /// Seen red with `again` left unread.
    @Test func `files that were imported are answered with their session, unless they are asked for again`()
        async throws
    {
        try await APIHouse.with { house in
            let first = try await house.openAndUpload(Self.files).sessionId
            _ = try await house.post("/api/import/process", session: first)
            try await house.change(first) { session in
                session.status = .completed
                session.appliedVersion = 0
            }
            let second = try await house.openAndUpload(Self.files).sessionId
            let answer = try jsonObject(try await house.post("/api/import/process", session: second), .accepted)
            #expect(answer["sameAs"] as? String == first)
            #expect(answer["status"] as? String == "COMPLETED")
            let third = try await house.openAndUpload(Self.files).sessionId
            let forced = try await house.send(
                .post, "/api/import/process", as: .producer, body: #"{"sessionId": "\#(third)", "again": true}"#)
            #expect(try jsonObject(forced, .accepted)["status"] as? String == "PROCESSING")
        }
    }

    /// The id comes back in words and in a header: what is no session must reach neither as it is.
    @Test(arguments: ["none", "", "' OR 1=1 --", #"x\r\nSet-Cookie: a=b"#, #"\u0000"#])
    func `an unknown session is 404`(_ id: String) async throws {
        try await APIHouse.with { house in
            for route in ["/api/import/process", "/api/import/validate"] {
                let response = try await house.post(route, session: id)
                try expectProblem(response, 404, says: "there is no import session")
                #expect(response.headers[.location] == nil)
                #expect(response.headers[.setCookie] == nil)
            }
        }
    }

    /// Jobs that wait for the relay.
    private static func jobs(_ house: APIHouse) async throws -> Int {
        try await house.catalog.read { try $0.pendingJobs() }.reduce(0) { $0 + $1.count }
    }
}
