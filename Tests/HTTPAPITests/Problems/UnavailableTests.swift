import Catalog
import Domain
import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import ObjectStore
import Operations
import Testing

/// What a client is told when something behind the API fails: enough to come again, and nothing of the inside.
struct UnavailableTests {
    private struct Secret: Error, CustomStringConvertible {
        let description = "SELECT password FROM users"
    }

    private static let inside = "SQLite error 5 at /var/lib/srto/catalog.sqlite: SELECT * FROM import_sessions"

    /// Seen red with the catalog's own message as `detail`.
    @Test(arguments: [CatalogError.Code.busy, .unavailable, .full])
    func `a catalog that cannot be used: 503, and when to come again`(_ code: CatalogError.Code) async throws {
        var fittings = APIHouse.Fittings()
        fittings.catalogFault = CatalogError(code, Self.inside, cause: Secret())
        try await APIHouse.with(.router, fittings) { house in
            for (method, path, body) in Self.calls {
                let response = try await house.send(method, path, body: body)
                try expectProblem(response, 503, says: "catalog")
                // Seen red with no Retry-After for a CatalogError.
                #expect(response.headers[.retryAfter] == "5")
                Self.expectNothingInside(response)
            }
        }
    }

    /// Work is taken while the broker is away, until the outbox reaches its bound. Seen red with the bound left out of
    /// `start`.
    @Test func `an outbox at its bound: 503, and when to come again; what was taken stays`() async throws {
        var fittings = APIHouse.Fittings()
        // Opening a session leaves one event, starting it a job and an event.
        fittings.limits.outboxEntries = 3
        try await APIHouse.with(.router, fittings) { house in
            let first = try await house.openAndUpload(["outlets.csv": "id,name\n1,a\n"])
            let second = try await house.openAndUpload(["outlets.csv": "id,name\n1,a\n"])
            let start = #"{"sessionId": "\#(first.sessionId)"}"#
            #expect(try await house.send(.post, "/api/import/process", body: start).status == .accepted)
            let other = #"{"sessionId": "\#(second.sessionId)"}"#
            let open = #"{"schemaId": "tiny", "files": [{"fileName": "outlets.csv", "fileSize": 1}]}"#
            for (path, body) in [("/api/import/process", other), ("/api/import/session", open)] {
                let response = try await house.send(.post, path, body: body)
                try expectProblem(response, 503, says: "wait for the message broker")
                #expect(response.headers[.retryAfter] == "5")
            }
            // Asking again for what was taken starts nothing, and is answered.
            #expect(try await house.send(.post, "/api/import/process", body: start).status == .accepted)
            let session = try jsonObject(try await house.send(.get, "/api/import/session/\(second.sessionId)"))
            #expect(session["status"] as? String == "UPLOADING")
        }
    }

    @Test(arguments: [CatalogError.Code.corrupt, .failed])
    func `a catalog that failed: 500 and a trace id, and no word of why`(_ code: CatalogError.Code) async throws {
        var fittings = APIHouse.Fittings()
        fittings.catalogFault = CatalogError(code, Self.inside, cause: Secret())
        try await APIHouse.with(.router, fittings) { house in
            for (method, path, body) in Self.calls {
                let response = try await house.send(method, path, body: body)
                try expectProblem(response, 500, says: "traceId")
                #expect(response.headers[.retryAfter] == nil)
                Self.expectNothingInside(response)
            }
        }
    }

    @Test(arguments: [
        (ObjectStoreError.Code.unavailable, 503, "5" as String?), (.full, 507, "60"), (.tooLarge, 500, nil),
        (.notFound, 404, nil),
    ]) func `an object store that cannot be used`(
        _ code: ObjectStoreError.Code, _ status: Int, _ retryAfter: String?
    ) async throws {
        var fittings = APIHouse.Fittings()
        fittings.storeFault = ObjectStoreError(code, Self.inside)
        try await APIHouse.with(.router, fittings) { house in
            let opened = try await house.open(["outlets.csv": "id,name\n"])
            let response = try await house.upload("id,name\n", to: opened.uploadUrls["outlets.csv"] ?? "")
            try expectProblem(response, status)
            #expect(response.headers[.retryAfter] == retryAfter)
            Self.expectNothingInside(response)
        }
    }

    @Test func `health tells of each dependency, and 503 only when one is away without which nothing is answered`()
        async throws
    {
        try await APIHouse.with { house in
            let health = try jsonObject(try await house.send(.get, "/health", as: nil))
            #expect(health["status"] as? String == "ok")
        }
        var fittings = APIHouse.Fittings()
        fittings.health = [
            DependencyHealth(name: "catalog", ok: true, isEssential: true),
            DependencyHealth(name: "redis", ok: false, isEssential: false, detail: "gone"),
        ]
        try await APIHouse.with(.router, fittings) { house in
            let response = try await house.send(.get, "/health", as: nil)
            let health = try jsonObject(response)
            #expect(health["status"] as? String == "degraded")
            let dependencies = try #require(health["dependencies"] as? [[String: Any]])
            #expect(dependencies.map { $0["name"] as? String } == ["catalog", "redis"])
            #expect(dependencies.map { $0["ok"] as? Bool } == [true, false])
            #expect(response.headers[.cacheControl] == "no-store")
        }
        fittings.health = [DependencyHealth(name: "catalog", ok: false, isEssential: true, detail: "gone")]
        try await APIHouse.with(.router, fittings) { house in
            _ = try jsonObject(try await house.send(.get, "/health", as: nil), .serviceUnavailable)
        }
    }

    private static let calls: [(HTTPRequest.Method, String, String?)] = [
        (.get, "/api/import/schema", nil), (.get, "/api/import/session/imp_1", nil),
        (.post, "/api/import/process", #"{"sessionId": "imp_1"}"#), (.get, "/api/territory/list", nil),
        (.get, "/api/territory/WEST/snapshot", nil), (.get, "/api/operations/queues", nil),
        (.post, "/api/operations/dead/1/replay", nil),
    ]

    private static func expectNothingInside(_ response: TestResponse) {
        let answer = response.headers.map { "\($0.name): \($0.value)" }.joined() + String(buffer: response.body)
        for word in ["sqlite", "/var", "SELECT", "import_sessions", "Error(", "password"] {
            #expect(!answer.localizedCaseInsensitiveContains(word), "\(answer)")
        }
    }
}
