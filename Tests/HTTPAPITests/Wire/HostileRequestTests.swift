import Domain
import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Testing

/// Requests made to break something.
struct HostileRequestTests {
    private static let long = String(repeating: "x", count: 201)

    /// Seen red with `checked` that let every value through.
    @Test(arguments: [
        "/api/territory/\(long)/snapshot", "/api/territory/%00/snapshot", "/api/territory/WEST%00/snapshot",
        "/api/territory/%FF/snapshot", "/api/territory/%C3%28/snapshot", "/api/territory/%/snapshot",
        "/api/territory/WEST/snapshot?view=\(long)", "/api/import/session/\(long)", "/api/import/session/imp%00",
        "/api/import/session?sessionId=\(long)", "/api/import/session?sessionId=imp%00",
        "/api/operations/dead?queue=\(long)", "/api/operations/dead?queue=%00",
        "/api/operations/dead?limit=\(long)", "/api/operations/dead/\(long)",
    ]) func `overlong values, NUL and broken percent-encoding are 400`(_ path: String) async throws {
        try await APIHouse.with { house in
            let problem = try expectProblem(try await house.send(.get, path), 400, says: "must have 1 to 200 bytes")
            #expect(!problem.detail.contains("\0"))
        }
    }

    @Test func `a value of 200 bytes is taken`() async throws {
        try await APIHouse.with { house in
            let id = String(repeating: "x", count: 200)
            try expectProblem(try await house.send(.get, "/api/territory/\(id)/snapshot"), 404, .territoryNotFound)
            try expectProblem(try await house.send(.get, "/api/import/session?sessionId=\(id)"), 404)
        }
    }

    @Test(arguments: [
        "/api/territory/%0d%0aSet-Cookie:%20a=b/snapshot", "/api/import/session/%0d%0aSet-Cookie:%20a=b",
        "/api/import/session?sessionId=x%0d%0aSet-Cookie:%20a=b", "/api/%0d%0aSet-Cookie:%20a=b",
    ]) func `a line break in a path or a value never becomes a header`(_ path: String) async throws {
        try await APIHouse.with(.live) { house in
            let response = try await house.send(.get, path)
            try expectProblem(response, 404, path.contains("territory") ? .territoryNotFound : nil)
            #expect(response.headers[.setCookie] == nil)
        }
    }

    @Test(arguments: ["' OR '1'='1", "x'; DROP TABLE outlets; --", "%", "_", "*"])
    func `what looks like SQL or a pattern is a value like any other`(_ value: String) async throws {
        try await APIHouse.with { house in
            try await house.fillTerritories()
            _ = try await house.open(["outlets.csv": "id,name\n"])
            let encoded = value.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
            try expectProblem(
                try await house.send(.get, "/api/territory/\(encoded)/snapshot"), 404, .territoryNotFound)
            try expectProblem(try await house.send(.get, "/api/import/session/\(encoded)"), 404)
            let letters = try await house.send(.get, "/api/operations/dead?queue=\(encoded)")
            #expect(String(buffer: letters.body) == #"{"deadLetters":[]}"#)
            #expect(try await house.send(.get, "/api/territory/WEST/snapshot").status == .ok)
        }
    }

    @Test func `no answer names a path of the server`() async throws {
        try await APIHouse.with { house in
            let opened = try await house.open(["outlets.csv": "id,name\n"])
            let target = APIHouse.target(of: opened.uploadUrls["outlets.csv"] ?? "")
            for path in [
                target, "/api/objects/..%2f..%2fcatalog.sqlite?expires=1&signature=1", "/api/territory/../snapshot",
                "/api/import/session/\(opened.sessionId)", "/api/operations/queues", "/api/none",
            ] {
                let response = try await house.send(.get, path)
                let answer = response.headers.map { "\($0.name): \($0.value)" }.joined() + String(buffer: response.body)
                #expect(!answer.contains(house.folder.path), "\(answer)")
                #expect(!answer.contains("sqlite:"), "\(answer)")
            }
        }
    }

    @Test func `an upload that is refused early leaves the connection in order`() async throws {
        try await APIHouse.with(.live) { house in
            let opened = try await house.open(["outlets.csv": "id,name\n"])
            let long = try await house.upload(
                String(repeating: "x", count: 8 << 20), to: opened.uploadUrls["outlets.csv"] ?? "")
            try expectProblem(long, 413, .invalidFileFormat)
            let health = try await house.send(.get, "/health", as: nil)
            #expect(health.status == .ok)
            #expect(String(buffer: health.body).hasPrefix("{"))
        }
    }
}
