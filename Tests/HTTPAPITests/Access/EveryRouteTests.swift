import Domain
import HTTPTypes
import Testing

/// Every route there is, held to who may call it. The routes are the router's own, so a new one that is not in this
/// table fails here, and one without authentication fails whether it is in the table or not.
struct EveryRouteTests {
    /// What a route demands of whoever calls it.
    enum Demand { case nothing, signature, token }

    static let table: [String: Demand] = [
        "GET /health": .nothing, "HEAD /health": .nothing, "GET /metrics": .token, "HEAD /metrics": .token,
        "PUT /api/objects/**": .signature, "GET /api/objects/**": .signature, "HEAD /api/objects/**": .signature,
        "POST /api/import/schema": .token, "GET /api/import/schema": .token, "HEAD /api/import/schema": .token,
        "POST /api/import/session": .token, "GET /api/import/session": .token, "HEAD /api/import/session": .token,
        "GET /api/import/session/{id}": .token, "HEAD /api/import/session/{id}": .token,
        "POST /api/import/session/{id}/upload": .token, "OPTIONS /api/import/session/{id}/upload": .nothing,
        "HEAD /api/import/session/{id}/upload/{file}": .signature,
        "PATCH /api/import/session/{id}/upload/{file}": .signature,
        "DELETE /api/import/session/{id}/upload/{file}": .signature,
        "OPTIONS /api/import/session/{id}/upload/{file}": .nothing,
        "GET /api/import/audit": .token, "HEAD /api/import/audit": .token,
        "GET /api/import/sessions": .token, "HEAD /api/import/sessions": .token,
        "GET /api/import/session/{id}/issues": .token, "HEAD /api/import/session/{id}/issues": .token,
        "POST /api/import/upload": .token, "POST /api/import/validate": .token, "POST /api/import/process": .token,
        "GET /api/territory/list": .token, "HEAD /api/territory/list": .token,
        "GET /api/territory/{id}/snapshot": .token, "HEAD /api/territory/{id}/snapshot": .token,
        "GET /api/operations/queues": .token, "HEAD /api/operations/queues": .token,
        "POST /api/import/cancel": .token,
        "POST /api/import/rollback": .token,
        "POST /api/operations/queues/{name}/pause": .token, "POST /api/operations/queues/{name}/resume": .token,
        "GET /api/operations/dead": .token, "HEAD /api/operations/dead": .token,
        "DELETE /api/operations/dead": .token,
        "GET /api/operations/dead/{id}": .token, "HEAD /api/operations/dead/{id}": .token,
        "POST /api/operations/dead/{id}/replay": .token,
    ]

    /// Seen red with `replay` registered through `publicly`, and with a new route GET /api/new.
    @Test func `every route demands what the table says`() async throws {
        try await APIHouse.with { house in
            var found: Set<String> = []
            for route in house.routes {
                let name = "\(route.method.rawValue) \(route.path)"
                let path = Self.examplePath(route.path)
                let response = try await house.send(route.method, path, as: nil)
                // What no route takes is refused to everybody alike, and says nothing but what is taken.
                if response.status == .methodNotAllowed { continue }
                found.insert(name)
                switch Self.table[name] {
                case .nothing: #expect(response.status == .ok, "\(name)")
                case .signature: #expect(response.status == .notFound, "\(name)")
                case .token:
                    #expect(response.status == .unauthorized, "\(name)")
                    // In the middleware's words: a handler that looks for the user by itself would be a lucky second.
                    if route.method != .head {
                        try expectProblem(response, 401, .invalidToken, says: "the request carries no token")
                    }
                case nil: Issue.record("\(name) is not in the table")
                }
            }
            #expect(found == Set(Self.table.keys))
        }
    }

    /// Seen red with GET alone refused.
    @Test func `a method that no route takes is refused with 405 and what is taken`() async throws {
        try await APIHouse.with { house in
            for path in Set(Self.table.keys.map { String($0.split(separator: " ")[1]) }) {
                let taken = Set(
                    Self.table.keys.filter { $0.hasSuffix(" " + path) }.map { String($0.split(separator: " ")[0]) })
                for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] where !taken.contains(method) {
                    let verb = try #require(HTTPRequest.Method(method))
                    let response = try await house.send(verb, Self.examplePath(path), as: nil)
                    try expectProblem(response, 405, says: "does not take that method")
                    let allow = (response.headers[.allow] ?? "").split(separator: ", ").map(String.init)
                    #expect(Set(allow) == taken, "\(method) \(path)")
                    #expect(allow.count == taken.count, "\(allow)")
                }
            }
        }
    }

    @Test(arguments: ["/", "/api", "/api/", "/api/nothing", "/api/import", "/metric", "/api/objects", "//health/x"])
    func `what is no route is 404, with a token and without`(_ path: String) async throws {
        try await APIHouse.with { house in
            for user in [UserContext.admin, nil] {
                for method in [HTTPRequest.Method.get, .post, .delete] {
                    let response = try await house.send(method, path, as: user)
                    try expectProblem(response, 404, says: "there is no such route")
                }
            }
        }
    }

    private static func examplePath(_ path: String) -> String {
        path.replacing("{id}", with: "1").replacing("**", with: "imports/staging/imp_1/upload-00000")
    }
}
