import Domain
import Foundation
import HTTPTypes
import NIOCore
import Testing

/// HEAD: what GET says, without its body, whatever becomes of the request.
struct HeadTests {
    @Test func `a HEAD has the headers of its GET and no body`() async throws {
        try await APIHouse.with { house in
            try await house.fillTerritories()
            let opened = try await house.open(["outlets.csv": "id,name\n"])
            for path in [
                "/health", "/api/territory/list", "/api/territory/WEST/snapshot", "/api/operations/queues",
                "/api/import/schema", "/api/import/session/\(opened.sessionId)",
            ] {
                let get = try await house.send(.get, path)
                let head = try await house.send(.head, path)
                #expect(head.status == .ok)
                #expect(head.body.readableBytes == 0, "\(path)")
                for name in [HTTPField.Name.contentType, .contentLength, .eTag, .cacheControl, .vary] {
                    #expect(head.headers[name] == get.headers[name], "\(path) \(name)")
                }
            }
        }
    }

    /// A body after the answer to a HEAD is read by a client as the beginning of its next answer. Seen red before
    /// problem documents left theirs out.
    @Test(arguments: [
        ("/api/none", 404, true), ("/api/territory/list", 401, false), ("/api/import/process", 405, true),
        ("/api/territory/NONE/snapshot", 404, true), ("/api/territory/WEST/snapshot?view=x", 400, true),
        ("/api/objects/a?expires=1&signature=1", 403, true),
    ]) func `a HEAD that fails has no body either`(_ path: String, _ status: Int, _ known: Bool) async throws {
        try await APIHouse.with { house in
            try await house.fillTerritories()
            let response = try await house.send(.head, path, as: known ? .admin : nil)
            #expect(response.status.code == status)
            #expect(response.body.readableBytes == 0)
            #expect(response.headers[.contentType] == "application/problem+json")
        }
    }

    @Test func `a connection goes on in order after a HEAD that failed`() async throws {
        try await APIHouse.with(.live) { house in
            for _ in 0..<3 {
                #expect(try await house.send(.head, "/api/none").status == .notFound)
                let health = try await house.send(.get, "/health", as: nil)
                #expect(health.status == .ok)
                #expect(String(buffer: health.body).contains("\"status\":\"ok\""))
            }
        }
    }

    @Test func `an answer that has nothing to say does not claim a length of nothing`() async throws {
        try await APIHouse.with(.live) { house in
            try await house.fillTerritories()
            let path = "/api/territory/WEST/snapshot"
            let tag = try #require(try await house.send(.get, path).headers[.eTag])
            let response = try await house.send(.get, path, headers: [.ifNoneMatch: tag])
            #expect(response.status == .notModified)
            #expect(response.headers[.contentLength] == nil)
        }
    }
}
