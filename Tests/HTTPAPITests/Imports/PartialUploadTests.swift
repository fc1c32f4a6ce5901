import Domain
import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import ObjectStore
import Testing

@testable import HTTPAPI

/// Uploads in parts: /api/import/session/{id}/upload.
struct PartialUploadTests {
    private static let content = "id,name\n" + (0..<1000).map { "\($0),outlet \($0)\n" }.joined()
    private static let files = ["outlets.csv": content]

    private static func link(_ house: APIHouse, _ id: String, as user: UserContext = .producer) async throws -> String {
        let response = try await house.send(
            .post, "/api/import/upload", as: user, body: #"{"sessionId": "\#(id)", "fileName": "outlets.csv"}"#)
        return APIHouse.target(of: try #require(try jsonObject(response)["resumableUrl"] as? String))
    }

    private static func tus(_ fields: [String: String] = [:]) -> HTTPFields {
        var headers: HTTPFields = [.tusResumable: "1.0.0"]
        for (name, value) in fields {
            if let name = HTTPField.Name(name) { headers[name] = value }
        }
        return headers
    }

    private static func head(_ house: APIHouse, _ link: String) async throws -> TestResponse {
        try await house.send(.head, link, as: nil, headers: tus())
    }

    private static func patch(
        _ house: APIHouse, _ link: String, at offset: Int, _ text: String,
        type: String = "application/offset+octet-stream"
    ) async throws -> TestResponse {
        try await house.send(
            .patch, link, as: nil, headers: tus(["Upload-Offset": "\(offset)", "Content-Type": type]), body: text)
    }

    private static func create(
        _ house: APIHouse, _ id: String, length: Int = content.utf8.count, name: String = "outlets.csv",
        as user: UserContext = .producer
    ) async throws -> TestResponse {
        let metadata =
            "filetype \(Data("text/csv".utf8).base64EncodedString()),filename \(Data(name.utf8).base64EncodedString())"
        return try await house.send(
            .post, "/api/import/session/\(id)/upload", as: user,
            headers: tus(["Upload-Length": "\(length)", "Upload-Metadata": metadata]))
    }

    /// Seen red with a whole file not kept.
    @Test func `a file that comes in parts is the file, and the session can start`() async throws {
        try await APIHouse.with { house in
            let id = try await house.open(Self.files).sessionId
            let created = try await Self.create(house, id)
            #expect(created.status == .created)
            #expect(
                created.headers[.tusResumable] == "1.0.0" && created.headers[.uploadExpires]?.hasSuffix(" GMT") == true)
            let link = APIHouse.target(of: try #require(created.headers[.location]))
            var sent = 0
            for part in [0..<5, 5..<6, 6..<Self.content.utf8.count] {
                let before = try await Self.head(house, link)
                #expect(before.status == .ok && before.headers[.uploadOffset] == "\(sent)")
                #expect(before.headers[.uploadLength] == "\(Self.content.utf8.count)")
                #expect(before.headers[.cacheControl] == "no-store")
                let bytes = Array(Self.content.utf8)[part]
                let response = try await Self.patch(house, link, at: sent, String(decoding: bytes, as: UTF8.self))
                sent += bytes.count
                #expect(response.status == .noContent && response.headers[.uploadOffset] == "\(sent)")
            }
            let file = try await house.catalog.read { try $0.files(ofSession: id)[0] }
            #expect(file.sha256 == Digest.sha256(Self.content) && file.size == Int64(sent))
            // Asked once more, it still is.
            #expect(try await Self.head(house, link).headers[.uploadOffset] == "\(sent)")
            #expect(try await house.post("/api/import/process", session: id).status == .accepted)
            try expectProblem(try await Self.patch(house, link, at: sent, ""), 409, .sessionConflict, says: "sealed")
        }
    }

    /// The process ended after the last byte and before the file was kept. Seen red with that left out.
    @Test func `a whole file that was not kept is kept when it is asked for`() async throws {
        try await APIHouse.with { house in
            let id = try await house.open(Self.files).sessionId
            let key = ObjectLayout.partialUpload(session: id, file: 0)
            #expect(try await house.store.append(Array(Self.content.utf8), to: key, at: 0))
            let response = try await Self.head(house, try await Self.link(house, id))
            #expect(response.headers[.uploadOffset] == "\(Self.content.utf8.count)")
            let file = try await house.catalog.read { try $0.files(ofSession: id)[0] }
            #expect(file.sha256 == Digest.sha256(Self.content))
        }
    }

    /// Seen red with the offset compared nowhere.
    @Test func `what does not go on where the file ends, or is too long, is refused and changes nothing`() async throws
    {
        try await APIHouse.with { house in
            let id = try await house.open(Self.files).sessionId
            let link = try await Self.link(house, id)
            #expect(try await Self.patch(house, link, at: 0, "id,").status == .noContent)
            for offset in [0, 2, 4, 1 << 40] {
                try expectProblem(
                    try await Self.patch(house, link, at: offset, "x"), 409, .sessionConflict, says: "goes on at byte 3"
                )
            }
            try expectProblem(
                try await Self.patch(house, link, at: 3, Self.content), 413, .invalidFileFormat, says: "declared with")
            try expectProblem(
                try await Self.patch(house, link, at: 3, "x", type: "text/csv"), 415, says: "offset+octet-stream")
            let unversioned = try await house.send(.patch, link, as: nil, headers: [.uploadOffset: "3"], body: "x")
            try expectProblem(unversioned, 412, says: "1.0.0")
            #expect(unversioned.headers[.tusVersion] == "1.0.0")
            for offset in ["-1", "x", ""] {
                let headers = Self.tus(["Upload-Offset": offset, "Content-Type": "application/offset+octet-stream"])
                try expectProblem(try await house.send(.patch, link, as: nil, headers: headers, body: "x"), 400)
            }
            let after = try await Self.head(house, link)
            #expect(after.headers[.uploadOffset] == "3" && after.headers[.tusResumable] == "1.0.0")
        }
    }

    /// Seen red with what had arrived kept.
    @Test func `a creation names a file of the session with its length, and begins anew`() async throws {
        try await APIHouse.with { house in
            let id = try await house.open(Self.files).sessionId
            let link = try await Self.link(house, id)
            _ = try await Self.patch(house, link, at: 0, "id,")
            #expect(try await Self.create(house, id).status == .created)
            #expect(try await Self.head(house, link).headers[.uploadOffset] == "0")
            let size = Self.content.utf8.count
            try expectProblem(try await Self.create(house, id, length: size - 1), 400, .invalidFileFormat)
            try expectProblem(try await Self.create(house, id, length: size + 1), 413, .invalidFileFormat)
            try expectProblem(try await Self.create(house, id, name: "other.csv"), 404, says: "has no file other.csv")
            try expectProblem(try await Self.create(house, id, as: .otherProducer), 404, says: "no import session")
            let bare = try await house.send(
                .post, "/api/import/session/\(id)/upload", as: .producer, headers: Self.tus(["Upload-Length": "1"]))
            try expectProblem(bare, 400, says: "Upload-Metadata")
            let lengthless = try await house.send(
                .post, "/api/import/session/\(id)/upload", as: .producer, headers: Self.tus())
            try expectProblem(lengthless, 400, says: "Upload-Length")
        }
    }

    @Test func `a part's URL is for its file and its use alone, until it expires`() async throws {
        try await APIHouse.with { house in
            let opened = try await house.open(Self.files)
            let link = try await Self.link(house, opened.sessionId)
            try expectProblem(
                try await Self.patch(house, link.replacing("upload/0", with: "upload/1"), at: 0, "x"), 403,
                .insufficientPermissions)
            let query = try #require(opened.uploadUrls["outlets.csv"]?.split(separator: "?").last)
            try expectProblem(
                try await Self.patch(house, "/api/import/session/\(opened.sessionId)/upload/0?\(query)", at: 0, "x"),
                403,
                .insufficientPermissions)
            let object = ObjectLayout.upload(session: opened.sessionId, file: 0)
            let expired = house.signer.query(.patch, object, expires: .now.addingTimeInterval(-1))
            try expectProblem(
                try await Self.patch(house, "/api/import/session/\(opened.sessionId)/upload/0?\(expired)", at: 0, "x"),
                410, .sessionExpired)
        }
    }

    @Test func `an upload that is given up leaves nothing, whole or not`() async throws {
        try await APIHouse.with { house in
            let id = try await house.open(Self.files).sessionId
            let link = try await Self.link(house, id)
            for text in ["id,", Self.content] {
                _ = try await Self.patch(house, link, at: 0, text)
                let gone = try await house.send(.delete, link, as: nil, headers: Self.tus())
                #expect(gone.status == .noContent)
                #expect(try await Self.head(house, link).headers[.uploadOffset] == "0")
                #expect(try await house.store.list(below: ObjectLayout.staging(session: id)).isEmpty)
            }
            try expectProblem(try await house.post("/api/import/process", session: id), 409, .sessionConflict)
        }
    }

    @Test func `a server says what it can`() async throws {
        try await APIHouse.with { house in
            let response = try await house.send(.options, "/api/import/session/x/upload", as: nil)
            #expect(response.status == .ok && response.headers[.tusVersion] == "1.0.0")
            #expect(response.headers[.tusExtension] == "creation,expiration,termination")
            #expect(response.headers[.tusMaxSize].flatMap { Int64($0) } == 4 << 30)
            #expect(TusRoutes.httpDate(Date(timeIntervalSince1970: 784_111_777)) == "Sun, 06 Nov 1994 08:49:37 GMT")
        }
    }
}
