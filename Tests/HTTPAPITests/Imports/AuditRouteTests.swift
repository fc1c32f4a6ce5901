import Domain
import Foundation
import Testing

/// GET /api/import/audit.
struct AuditRouteTests {
    private static func end(_ id: String, _ house: APIHouse) async throws {
        try await house.catalog.write { writer in
            var session = try #require(try writer.session(id))
            session.status = .completed
            session.processRequested = true
            try writer.save(session)
            try writer.tell(session)
        }
    }

    /// Seen red with the demand left out.
    @Test func `administrators alone read it, page by page`() async throws {
        try await APIHouse.with { house in
            var ids: [String] = []
            for user in [UserContext.producer, .otherProducer, .producer] {
                let id = try await house.openAndUpload(["outlets.csv": "id,name\n1,a\n"], as: user).sessionId
                try await Self.end(id, house)
                ids.append(id)
            }
            func page(_ query: String) async throws -> [String: Any] {
                try jsonObject(try await house.send(.get, "/api/import/audit" + query))
            }
            func sessions(_ page: [String: Any]) throws -> [String] {
                try #require(page["entries"] as? [[String: Any]]).compactMap { $0["sessionId"] as? String }
            }
            let first = try await page("?limit=2")
            #expect(try sessions(first) == [ids[2], ids[1]])
            let cursor = try #require(first["nextCursor"] as? String)
            let second = try await page("?limit=2&cursor=\(cursor)")
            #expect(try sessions(second) == [ids[0]] && second["nextCursor"] == nil)
            #expect(try sessions(try await page("?userId=other-producer")) == [ids[1]])
            #expect(try sessions(try await page("?sessionId=\(ids[0])")) == [ids[0]])
            let entry = try #require((first["entries"] as? [[String: Any]])?.first)
            #expect(entry["id"] is String && entry["action"] as? String == "IMPORT")
            let file = try #require((entry["files"] as? [[String: Any]])?.first)
            #expect((file["sha256"] as? String)?.count == 64 && file["fileName"] as? String == "outlets.csv")
            for user in [UserContext.producer, .guest] {
                try expectProblem(
                    try await house.send(.get, "/api/import/audit", as: user), 403, .insufficientPermissions)
            }
            for query in ["?cursor=x", "?limit=0", "?limit=201"] {
                try expectProblem(try await house.send(.get, "/api/import/audit" + query), 400)
            }
        }
    }
}
