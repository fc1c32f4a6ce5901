import Domain
import Foundation
import HTTPTypes
import Imports
import ObjectStore
import Testing

/// GET /api/import/sessions and /api/import/session/{id}/issues.
struct SessionListRouteTests {
    private static let files = ["outlets.csv": "id,name\n1,a\n"]

    private static func list(_ house: APIHouse, _ query: String = "", as user: UserContext) async throws -> [String:
        Any]
    {
        try jsonObject(try await house.send(.get, "/api/import/sessions" + query, as: user))
    }

    private static func ids(_ page: [String: Any]) throws -> [String] {
        try #require(page["sessions"] as? [[String: Any]]).compactMap { $0["sessionId"] as? String }
    }

    /// Seen red with the user left out of the query.
    @Test func `a producer sees her own sessions, an administrator everybody's`() async throws {
        try await APIHouse.with { house in
            let mine = try await house.open(Self.files).sessionId
            let theirs = try await house.open(Self.files, as: .otherProducer).sessionId
            #expect(try Self.ids(try await Self.list(house, as: .producer)) == [mine])
            #expect(try Self.ids(try await Self.list(house, as: .otherProducer)) == [theirs])
            #expect(try Self.ids(try await Self.list(house, as: .guest)).isEmpty)
            #expect(Set(try Self.ids(try await Self.list(house, as: .admin))) == [mine, theirs])
        }
    }

    @Test func `pages are followed by their cursor to the end`() async throws {
        try await APIHouse.with { house in
            var opened: Set<String> = []
            for _ in 0..<5 { opened.insert(try await house.open(Self.files).sessionId) }
            var seen: [String] = []
            var query: String? = "?limit=2"
            var pages = 0
            while let asked = query, pages < 9 {
                let page = try await Self.list(house, asked, as: .producer)
                seen += try Self.ids(page)
                pages += 1
                query = (page["nextCursor"] as? String).map { "?limit=2&cursor=\($0)" }
            }
            #expect(seen.count == 5 && Set(seen) == opened)
            #expect(pages == 3)
        }
    }

    @Test(arguments: [
        ("?limit=0", "limit is a number from 1 to 200"), ("?limit=201", "limit is"), ("?limit=x", "limit is"),
        ("?status=NONE", "status is one of UPLOADING"), ("?stuck=maybe", "stuck is true or false"),
        ("?cursor=x", "cursor is the nextCursor"),
    ]) func `what is no query is refused in words`(_ query: String, _ words: String) async throws {
        try await APIHouse.with { house in
            try expectProblem(
                try await house.send(.get, "/api/import/sessions" + query, as: .producer), 400, says: words)
        }
    }

    /// Seen red with the bound of the limits ignored.
    @Test func `a session that runs and stands still is stuck and says what it waits for`() async throws {
        var fittings = APIHouse.Fittings()
        fittings.limits.stuckSeconds = -1
        try await APIHouse.with(.router, fittings) { house in
            let resting = try await house.openAndUpload(Self.files).sessionId
            let id = try await house.openAndUpload(Self.files).sessionId
            _ = try await house.post("/api/import/process", session: id)
            let page = try await Self.list(house, "?stuck=true", as: .producer)
            #expect(try Self.ids(page) == [id])
            let entry = try #require((page["sessions"] as? [[String: Any]])?.first)
            #expect(entry["stuck"] as? Bool == true)
            let waiting = try #require(entry["waiting"] as? [String: Any])
            #expect(waiting["queue"] as? String == "import.validate-schema")
            #expect((waiting["reason"] as? String)?.contains("outbox") == true)
            #expect((waiting["advice"] as? String)?.isEmpty == false)
            let session = try jsonObject(try await house.send(.get, "/api/import/session/\(id)", as: .producer))
            #expect(session["stuck"] as? Bool == true)
            let other = try jsonObject(try await house.send(.get, "/api/import/session/\(resting)", as: .producer))
            #expect(other["stuck"] as? Bool == false && other["waiting"] == nil)
        }
        try await APIHouse.with { house in
            let id = try await house.openAndUpload(Self.files).sessionId
            _ = try await house.post("/api/import/process", session: id)
            #expect(try Self.ids(try await Self.list(house, "?stuck=true", as: .producer)).isEmpty)
        }
    }

    @Test func `the issues of a report are told, and the summary in the specification's words`() async throws {
        try await APIHouse.with { house in
            let id = try await house.open(Self.files).sessionId
            let before = try jsonObject(try await house.send(.get, "/api/import/session/\(id)/issues", as: .producer))
            #expect((before["issues"] as? [Any])?.isEmpty == true)
            let session = try #require(try await house.catalog.read { try $0.session(id) })
            try await house.change(id) { $0.counts = RecordCounts(read: 10, refused: 3, warnings: 2) }
            let tally =
                #"{"errors":4,"warnings":2,"codes":[{"code":"ROW_REQUIRED_MISSING","severity":"ERROR","count":4}]}"#
            let issue =
                #"{"severity":"ERROR","code":"ROW_REQUIRED_MISSING","fileName":"outlets.csv","line":2,"column":"name","#
                + #""value":"","message":"m"}"#
            let date = session.openedOn
            try await house.store.put(ObjectLayout.issueTally(session: id, date: date), Array(tally.utf8))
            try await house.store.put(
                ObjectLayout.issues(session: id, date: date), Array(#"{"tally":\#(tally),"issues":[\#(issue)]}"#.utf8))
            let told = try jsonObject(try await house.send(.get, "/api/import/session/\(id)", as: .producer))
            #expect(
                told["summary"] as? [String: Int]
                    == ["total_records": 10, "valid_records": 7, "errors": 4, "warnings": 2])
            #expect((told["issueCounts"] as? [[String: Any]])?.first?["count"] as? Int == 4)
            let issues = try jsonObject(try await house.send(.get, "/api/import/session/\(id)/issues", as: .producer))
            #expect((issues["issues"] as? [[String: Any]])?.first?["line"] as? Int == 2)
            try expectProblem(
                try await house.send(.get, "/api/import/session/\(id)/issues", as: .otherProducer), 404,
                says: "no import session")
        }
    }
}
