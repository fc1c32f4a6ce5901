import Domain
import Foundation
import HTTPTypes
import Testing

/// What a client is told of a body that is not what the route takes.
struct BodyFaultTests {
    /// A body and what its problem document must say of it.
    struct Fault: Sendable, CustomTestStringConvertible {
        var body: String
        var words: String
        var testDescription: String { String(body.prefix(80)) }

        init(_ body: String, _ words: String) {
            self.body = body
            self.words = words
        }
    }

    static let sessionFaults = [
        Fault("", "it is not JSON"),
        Fault("schemaId=tiny", "it is not JSON"),
        Fault(#"{"schemaId": "tiny", "files": [}"#, "it is not JSON"),
        Fault("\u{0}", "it is not JSON"),
        Fault("[]", "the body"),
        Fault("null", "the body"),
        Fault(#"{"files": []}"#, "schemaId is missing"),
        Fault(#"{"schemaId": null, "files": []}"#, "schemaId is null"),
        Fault(#"{"schemaId": 7, "files": []}"#, "schemaId must be text"),
        Fault(#"{"schemaId": "tiny"}"#, "files is missing"),
        Fault(#"{"schemaId": "tiny", "files": "outlets.csv"}"#, "files must be a list"),
        Fault(#"{"schemaId": "tiny", "schemaVersion": 1, "files": []}"#, "schemaVersion must be text"),
        Fault(#"{"schemaId": "tiny", "files": [{"fileSize": 1}]}"#, "files[0].fileName is missing"),
        Fault(
            #"{"schemaId": "tiny", "files": [{"fileName": "a", "fileSize": 1}, {"fileName": "b"}]}"#,
            "files[1].fileSize is missing"),
        Fault(
            #"{"schemaId": "tiny", "files": [{"fileName": "a", "fileSize": "1"}]}"#,
            "files[0].fileSize must be a whole number"),
        Fault(
            #"{"schemaId": "tiny", "files": [{"fileName": "a", "fileSize": 99999999999999999999}]}"#,
            "files[0].fileSize"),
        Fault(#"{"schemaId": "tiny", "files": [{"fileName": "a", "fileSize": 1.5}]}"#, "files[0].fileSize"),
        Fault(#"{"schemaId": "tiny", "files": [{"fileName": "a", "fileSize": 1e400}]}"#, ""),
        Fault(String(repeating: "[", count: 100_000), "it is not JSON"),
    ]

    /// Seen red with `fieldAtFault` that left the path out.
    @Test(arguments: sessionFaults) func `a session that cannot be read names the field`(_ fault: Fault) async throws {
        try await APIHouse.with { house in
            let response = try await house.send(.post, "/api/import/session", as: .producer, body: fault.body)
            try expectProblem(response, 400, says: fault.words)
        }
    }

    @Test(arguments: [
        Fault("{", "it is not JSON"),
        Fault(TestSchema.text().replacing("schemaName", with: "name"), "schemaName is missing"),
        Fault(TestSchema.text().replacing("UPSERT", with: "DROP"), "deltaStrategy has a value that is not allowed"),
        Fault(
            TestSchema.text().replacing(#""table": "outlets""#, with: #""table": "sqlite_master""#),
            "entities.outlets.table has a value that is not allowed"),
        Fault(
            TestSchema.text(more: #", "errorThreshold": "half""#), "errorThreshold must be a number"),
    ]) func `a schema that cannot be read names the field, with the specification's code`(
        _ fault: Fault
    ) async throws {
        try await APIHouse.with { house in
            let response = try await house.send(.post, "/api/import/schema", as: .admin, body: fault.body)
            try expectProblem(response, 400, .schemaValidationFailed, says: fault.words)
        }
    }

    @Test(arguments: ["/api/import/upload", "/api/import/validate", "/api/import/process"])
    func `a missing session id is named`(_ path: String) async throws {
        try await APIHouse.with { house in
            let response = try await house.send(.post, path, as: .producer, body: "{}")
            try expectProblem(response, 400, says: "sessionId is missing")
        }
    }

    /// Seen red with a limit of 8 MiB.
    @Test(arguments: ["/api/import/schema", "/api/import/session", "/api/import/upload", "/api/import/process"])
    func `a body beyond 4 MiB is refused with 413`(_ path: String) async throws {
        try await APIHouse.with { house in
            let body = "\"" + String(repeating: "x", count: 4 << 20) + "\""
            try expectProblem(try await house.send(.post, path, as: .producer, body: body), 413, says: "4 MiB")
        }
    }

    @Test func `a body of just 4 MiB is read`() async throws {
        try await APIHouse.with { house in
            let body = "\"" + String(repeating: "x", count: (4 << 20) - 2) + "\""
            let response = try await house.send(.post, "/api/import/session", as: .producer, body: body)
            try expectProblem(response, 400, says: "the body")
        }
    }

    @Test func `a long field name is told short`() async throws {
        try await APIHouse.with { house in
            let name = String(repeating: "n", count: 5000)
            let body = TestSchema.text().replacing(
                #""outlets": {"#, with: #""\#(name)": {"table": 1}, "outlets": {"#)
            let response = try await house.send(.post, "/api/import/schema", as: .admin, body: body)
            let problem = try expectProblem(response, 400, .schemaValidationFailed, says: "nnn.")
            #expect(problem.detail.utf8.count < 400)
        }
    }
}
