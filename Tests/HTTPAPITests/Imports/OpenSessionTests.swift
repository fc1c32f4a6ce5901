import Domain
import Foundation
import HTTPTypes
import HummingbirdTesting
import Jobs
import Testing

/// POST /api/import/session.
struct OpenSessionTests {
    /// A file that a session must not take.
    struct BadFile: Sendable, CustomTestStringConvertible {
        /// As it stands in the JSON.
        var name: String
        var size: String
        var words: String
        var testDescription: String { "\(name.prefix(40)) of \(size)" }

        init(_ name: String, _ size: String = "1", _ words: String) {
            self.name = name
            self.size = size
            self.words = words
        }
    }

    @Test func `the answer is the specification's`() async throws {
        try await APIHouse.with { house in
            try await house.saveTestSchema()
            let response = try await house.send(
                .post, "/api/import/session", as: .producer,
                body: """
                    {"schemaId": "tiny", "schemaVersion": "1", "files": [
                      {"fileName": "outlets.csv", "fileSize": 125000000},
                      {"fileName": "territories.csv", "fileSize": 5000000}]}
                    """)
            let answer = try jsonObject(response, .created)
            #expect(Set(answer.keys) == ["sessionId", "uploadUrls", "resumableUrls", "expiresIn"])
            #expect(answer["expiresIn"] as? Int == 3600)
            let id = try #require(answer["sessionId"] as? String)
            #expect(response.headers[.location] == "/api/import/session/\(id)")
            let urls = try #require(answer["uploadUrls"] as? [String: String])
            #expect(Set(urls.keys) == ["outlets.csv", "territories.csv"])
            #expect(Set(urls.values).count == 2)
            for url in urls.values {
                #expect(url.hasPrefix("http://localhost/api/objects/imports/staging/\(id)/upload-"))
            }
        }
    }

    @Test func `what is stated of a file goes with it, and nonsense is refused`() async throws {
        try await APIHouse.with { house in
            try await house.saveTestSchema()
            func open(_ format: String) async throws -> TestResponse {
                try await house.send(
                    .post, "/api/import/session", as: .producer,
                    body: """
                        {"schemaId": "tiny", "files": [{"fileName": "outlets.csv", "fileSize": 1, "format": \(format)}]}
                        """)
            }
            let answer = try jsonObject(try await open(#"{"encoding": "cp437", "delimiter": ";"}"#), .created)
            let id = try #require(answer["sessionId"] as? String)
            let files = try await house.catalog.read { try $0.files(ofSession: id) }
            #expect(files[0].format == FileFormat(encoding: "cp437", delimiter: ";"))
            let refused = try await open(#"{"encoding": "klingon"}"#)
            #expect(refused.status == .badRequest)
            #expect(String(buffer: refused.body).contains("outlets.csv: no encoding klingon is known here"))
        }
    }

    /// Seen red with the request's own host.
    @Test func `upload URLs begin with the public address where there is one`() async throws {
        var fittings = APIHouse.Fittings()
        fittings.publicURL = "https://srto.example:8443"
        try await APIHouse.with(.router, fittings) { house in
            let opened = try await house.open(["outlets.csv": "id,name\n"])
            let url = opened.uploadUrls["outlets.csv"] ?? ""
            #expect(url.hasPrefix("https://srto.example:8443/api/objects/"))
        }
    }

    @Test(arguments: [
        (#"{"schemaId": "none", "files": [{"fileName": "outlets.csv", "fileSize": 1}]}"#, "there is no schema none"),
        (
            #"{"schemaId": "tiny", "schemaVersion": "9", "files": [{"fileName": "outlets.csv", "fileSize": 1}]}"#,
            "there is no schema tiny version 9"
        ),
        (#"{"schemaId": "\u0000' OR 1=1 --", "files": []}"#, "there is no schema"),
    ]) func `an unknown schema is ERR_IMPORT_002`(_ body: String, _ words: String) async throws {
        try await APIHouse.with { house in
            try await house.saveTestSchema()
            let response = try await house.send(.post, "/api/import/session", as: .producer, body: body)
            try expectProblem(response, 400, .schemaValidationFailed, says: words)
        }
    }

    @Test(arguments: [
        (0, "at least one file"), (501, "at most 500 files, not 501"),
    ]) func `a session has 1 to 500 files`(_ count: Int, _ words: String) async throws {
        try await APIHouse.with { house in
            try await house.saveTestSchema()
            let files = (0..<count).map { #"{"fileName": "outlets\#($0).csv", "fileSize": 1}"# }
            let body = #"{"schemaId": "tiny", "files": [\#(files.joined(separator: ","))]}"#
            let response = try await house.send(.post, "/api/import/session", as: .producer, body: body)
            try expectProblem(response, 400, .invalidFileFormat, says: words)
        }
    }

    static let badFiles = [
        BadFile("", "1", "a file name has 1 to 200 bytes"),
        BadFile("outlets" + String(repeating: "x", count: 190) + ".csv", "1", "a file name has 1 to 200 bytes"),
        BadFile("outlets/../x.csv", "1", "is not a plain file name"),
        BadFile("outlets/a.csv", "1", "is not a plain file name"),
        BadFile(#"outlets\\a.csv"#, "1", "is not a plain file name"),
        BadFile(#"outlets\u0000.csv"#, "1", "is not a plain file name"),
        BadFile(#"outlets\r\nSet-Cookie: a.csv"#, "1", "is not a plain file name"),
        BadFile("../x", "1", "is not a plain file name"),
        BadFile("/etc/passwd", "1", "is not a plain file name"),
        BadFile("..", "1", "no entity of schema tiny takes a file named"),
        BadFile("salespeople.csv", "1", "no entity of schema tiny takes a file named salespeople.csv"),
        BadFile("outlets.csv", "0", "outlets.csv is empty"),
        BadFile("outlets.csv", "-1", "outlets.csv cannot have -1 bytes"),
        BadFile("outlets.csv", "\(Int64.min)", "outlets.csv cannot have"),
        BadFile("outlets.csv", "\((4 << 30) + 1)", "outlets.csv is larger than"),
        BadFile("outlets.csv", "\(Int64.max)", "outlets.csv is larger than"),
    ]

    /// Seen red with `fault(of:)` that let everything through.
    @Test(arguments: badFiles) func `a file that cannot be taken is refused by name`(_ file: BadFile) async throws {
        try await APIHouse.with { house in
            try await house.saveTestSchema()
            let body =
                #"{"schemaId": "tiny", "files": [{"fileName": "\#(file.name)", "fileSize": \#(file.size)}]}"#
            let response = try await house.send(.post, "/api/import/session", as: .producer, body: body)
            try expectProblem(response, 400, .schemaValidationFailed, says: file.words)
            // An opened session is told of.
            #expect(try await house.catalog.dueEntries(limit: 1).isEmpty)
        }
    }

    /// A combining mark makes one character of a slash and itself. The name is never made a path by the server, but a
    /// client may make it one. Seen red with names compared by characters.
    @Test func `a slash is one, whatever stands behind it`() async throws {
        try await APIHouse.with { house in
            try await house.saveTestSchema()
            let body = #"{"schemaId": "tiny", "files": [{"fileName": "outlets/\u0301a.csv", "fileSize": 1}]}"#
            let response = try await house.send(.post, "/api/import/session", as: .producer, body: body)
            #expect(response.status == .badRequest)
        }
    }

    @Test func `a name that comes twice is refused, in whichever form of Unicode it is written`() async throws {
        try await APIHouse.with { house in
            try await house.saveTestSchema()
            for (first, second) in [("outlets.csv", "outlets.csv"), (#"outlets\u00e9.csv"#, #"outletse\u0301.csv"#)] {
                let body = """
                    {"schemaId": "tiny", "files": [
                      {"fileName": "\(first)", "fileSize": 1}, {"fileName": "\(second)", "fileSize": 2}]}
                    """
                let response = try await house.send(.post, "/api/import/session", as: .producer, body: body)
                try expectProblem(response, 400, .schemaValidationFailed, says: "is named twice")
            }
        }
    }

    @Test func `every faulty file is named at once`() async throws {
        try await APIHouse.with { house in
            try await house.saveTestSchema()
            let body = """
                {"schemaId": "tiny", "files": [
                  {"fileName": "outlets.csv", "fileSize": 0}, {"fileName": "what.csv", "fileSize": 1}]}
                """
            let response = try await house.send(.post, "/api/import/session", as: .producer, body: body)
            let problem = try expectProblem(response, 400, .schemaValidationFailed, says: "outlets.csv is empty")
            #expect(problem.detail.contains("what.csv"))
        }
    }
}
