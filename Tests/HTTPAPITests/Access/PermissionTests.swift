import Domain
import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Testing

/// Who may do what, once it is known who asks.
struct PermissionTests {
    /// A call that needs more than a token.
    struct Call: Sendable, CustomTestStringConvertible {
        var method: HTTPRequest.Method
        var path: String
        var user: UserContext
        var body: String?
        var testDescription: String { "\(user.userId): \(method) \(path)" }
    }

    static let forbidden: [Call] = [
        Call(method: .get, path: "/api/import/schema", user: .guest),
        Call(method: .post, path: "/api/import/schema", user: .westViewer, body: TestSchema.text()),
        Call(method: .post, path: "/api/import/schema", user: .producer, body: TestSchema.text()),
        Call(
            method: .post, path: "/api/import/session", user: .westViewer,
            body: #"{"schemaId": "tiny", "files": [{"fileName": "outlets.csv", "fileSize": 1}]}"#),
        Call(method: .post, path: "/api/import/process", user: .guest, body: #"{"sessionId": "imp_1"}"#),
        Call(method: .post, path: "/api/import/validate", user: .guest, body: #"{"sessionId": "imp_1"}"#),
        Call(method: .get, path: "/api/territory/EAST/snapshot", user: .westViewer),
        Call(method: .get, path: "/api/territory/COUNTRY/snapshot", user: .westViewer),
        Call(method: .get, path: "/api/territory/WEST/snapshot", user: .producer),
        Call(method: .get, path: "/metrics", user: .producer),
        Call(method: .post, path: "/api/operations/queues/import.merge/pause", user: .producer),
        Call(method: .post, path: "/api/operations/queues/import.merge/resume", user: .producer),
        Call(method: .post, path: "/api/import/cancel", user: .guest, body: #"{"sessionId": "imp_1"}"#),
        Call(method: .post, path: "/api/import/rollback", user: .guest, body: #"{"sessionId": "imp_1"}"#),
        Call(method: .get, path: "/api/operations/queues", user: .producer),
        Call(method: .get, path: "/api/operations/dead", user: .producer),
        Call(method: .delete, path: "/api/operations/dead?queue=import.merge", user: .producer),
        Call(method: .get, path: "/api/operations/dead/1", user: .westViewer),
        Call(method: .post, path: "/api/operations/dead/1/replay", user: .producer),
    ]

    /// Seen red with `demandAdministrator` emptied and with `may(.viewTerritory…)` taken for true.
    @Test(arguments: forbidden) func `without the permission: 403 and ERR_AUTH_002`(_ call: Call) async throws {
        try await APIHouse.with { house in
            try await house.fillTerritories()
            let response = try await house.send(call.method, call.path, as: call.user, body: call.body)
            try expectProblem(response, 403, .insufficientPermissions, says: call.user.userId)
        }
    }

    @Test func `a territory that is not there and one that may not be seen are told alike`() async throws {
        try await APIHouse.with { house in
            try await house.fillTerritories()
            let hidden = try await house.send(.get, "/api/territory/EAST/snapshot", as: .westViewer)
            let missing = try await house.send(.get, "/api/territory/NONE/snapshot", as: .westViewer)
            #expect(try Self.blank(hidden, "EAST") == Self.blank(missing, "NONE"))
        }
    }

    /// Seen red with `maySeeSession` taken for true, and with a 403 for another's session.
    @Test(arguments: [
        ("GET", "/api/import/session/ID", nil), ("GET", "/api/import/session?sessionId=ID", nil),
        ("GET", "/api/import/session/ID/issues", nil),
        ("POST", "/api/import/process", #"{"sessionId": "ID"}"#),
        ("POST", "/api/import/validate", #"{"sessionId": "ID"}"#),
        ("POST", "/api/import/cancel", #"{"sessionId": "ID"}"#),
        ("POST", "/api/import/rollback", #"{"sessionId": "ID"}"#),
        ("POST", "/api/import/upload", #"{"sessionId": "ID", "fileName": "outlets.csv"}"#),
    ]) func `another's session answers exactly as a missing one`(
        _ method: String, _ path: String, _ body: String?
    ) async throws {
        try await APIHouse.with { house in
            let method = try #require(HTTPRequest.Method(method))
            let anothers = try await house.openAndUpload(["outlets.csv": "id,name\n1,a\n"]).sessionId
            let missing = "imp_" + String(repeating: "0", count: 32)
            var told: [ProblemDocument] = []
            for id in [anothers, missing] {
                let response = try await house.send(
                    method, path.replacing("ID", with: id), as: .otherProducer,
                    body: body?.replacing("ID", with: id))
                #expect(response.status == .notFound)
                told.append(try Self.blank(response, id))
            }
            #expect(told[0] == told[1])
            let own = try await house.send(
                method, path.replacing("ID", with: anothers), as: .producer,
                body: body?.replacing("ID", with: anothers))
            // There is nothing to take back in a session that was only opened.
            #expect(own.status.kind == .successful || (path.hasSuffix("rollback") && own.status == .conflict))
        }
    }

    @Test func `an administrator sees everybody's session`() async throws {
        try await APIHouse.with { house in
            let opened = try await house.open(["outlets.csv": "id,name\n1,a\n"])
            let session = try jsonObject(try await house.send(.get, "/api/import/session/\(opened.sessionId)"))
            #expect(session["userId"] as? String == "producer")
        }
    }

    /// A problem document without what tells two requests apart.
    private static func blank(_ response: TestResponse, _ id: String) throws -> ProblemDocument {
        var problem = try JSONDecoder().decode(ProblemDocument.self, from: Data(response.body.readableBytesView))
        problem.traceId = ""
        problem.detail = problem.detail.replacing(id, with: "ID")
        problem.instance = problem.instance.replacing(id, with: "ID")
        return problem
    }
}
