import Domain
import Foundation
import HTTPTypes
import HummingbirdTesting
import ObjectStore
import Testing

/// PUT to a signed URL, and POST /api/import/upload for a fresh one.
struct UploadTests {
    private static let content = "id,name\n1,Corner shop\n"

    @Test func `a whole upload is kept, and told with size and hash`() async throws {
        try await APIHouse.with { house in
            let opened = try await house.open(["outlets.csv": Self.content])
            let answer = try jsonObject(
                try await house.upload(Self.content, to: opened.uploadUrls["outlets.csv"] ?? ""))
            #expect(answer["fileName"] as? String == "outlets.csv")
            #expect(answer["size"] as? Int == Self.content.utf8.count)
            #expect(answer["sha256"] as? String == Digest.sha256(Self.content))
            #expect(try await Self.kept(house, opened) == Self.content)
        }
    }

    /// Seen red with the size's guard taken out, before and after the last piece.
    @Test func `too long is 413, too short is 400, and neither leaves anything`() async throws {
        try await APIHouse.with { house in
            let opened = try await house.open(["outlets.csv": Self.content])
            let url = opened.uploadUrls["outlets.csv"] ?? ""
            let long = try await house.upload(Self.content + "x", to: url)
            try expectProblem(
                long, 413, .invalidFileFormat, says: "outlets.csv was declared with 22 bytes and has more")
            let short = try await house.upload("id", to: url)
            try expectProblem(short, 400, .invalidFileFormat, says: "but 2 arrived")
            try expectProblem(try await house.upload("", to: url), 400, .invalidFileFormat, says: "but 0 arrived")
            #expect(try await Self.kept(house, opened) == nil)
            // Not even a temporary file beside the target.
            #expect(try Self.files(house).isEmpty)
            #expect(try await house.upload(Self.content, to: url).status == .ok)
        }
    }

    @Test func `of two uploads before the files are sealed, the second counts`() async throws {
        try await APIHouse.with { house in
            let opened = try await house.openAndUpload(["outlets.csv": Self.content])
            let second = Self.content.replacing("Corner", with: "Market")
            let answer = try jsonObject(try await house.upload(second, to: opened.uploadUrls["outlets.csv"] ?? ""))
            #expect(answer["sha256"] as? String == Digest.sha256(second))
            #expect(try await Self.kept(house, opened) == second)
            let session = try jsonObject(
                try await house.send(.get, "/api/import/session/\(opened.sessionId)", as: .producer))
            let files = try #require(session["files"] as? [[String: Any]])
            #expect(files.map { $0["sha256"] as? String } == [Digest.sha256(second)])
        }
    }

    /// Seen red with `demandUploading` that took every status but EXPIRED.
    @Test(arguments: ["/api/import/process", "/api/import/validate"])
    func `after the files are sealed, an upload is 409 and changes nothing`(_ route: String) async throws {
        try await APIHouse.with { house in
            let opened = try await house.openAndUpload(["outlets.csv": Self.content])
            #expect(try await house.post(route, session: opened.sessionId).status == .accepted)
            let late = Self.content.replacing("Corner", with: "Market")
            let response = try await house.upload(late, to: opened.uploadUrls["outlets.csv"] ?? "")
            try expectProblem(response, 409, .sessionConflict, says: "its files are sealed")
            #expect(try await Self.kept(house, opened) == Self.content)
            let fresh = try await house.send(
                .post, "/api/import/upload", as: .producer,
                body: #"{"sessionId": "\#(opened.sessionId)", "fileName": "outlets.csv"}"#)
            try expectProblem(fresh, 409, .sessionConflict)
        }
    }

    /// A URL that must open nothing.
    struct BadURL: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let status: Int
        let code: ErrorCode?
        /// The target, made of a good one and its signer.
        let target: @Sendable (String, URLSigner) -> String

        init(
            _ what: String, _ status: Int, _ code: ErrorCode?,
            _ target: @Sendable @escaping (String, URLSigner) -> String
        ) {
            testDescription = what
            self.status = status
            self.code = code
            self.target = target
        }
    }

    static let badURLs = [
        BadURL("expired", 410, .sessionExpired) { target, signer in
            Self.key(of: target).map { signer.path(.put, $0, expires: .now.addingTimeInterval(-1)) } ?? target
        },
        BadURL("signed for GET", 403, .insufficientPermissions) { target, signer in
            Self.key(of: target).map { signer.path(.get, $0, expires: .now.addingTimeInterval(60)) } ?? target
        },
        BadURL("another signature", 403, .insufficientPermissions) { target, _ in
            target.replacing("signature=", with: "signature=00").replacing(/..$/, with: "")
        },
        BadURL("another object", 403, .insufficientPermissions) { target, _ in
            target.replacing("upload-00000", with: "upload-00001")
        },
        BadURL("a later end", 403, .insufficientPermissions) { target, _ in
            target.replacing("expires=", with: "expires=9")
        },
        BadURL("a sealed file's name", 403, .insufficientPermissions) { target, _ in
            target.replacing("upload-00000", with: "file-00000")
        },
        BadURL("no signature", 404, nil) { target, _ in String(target.prefix { $0 != "&" }) },
        BadURL("an empty signature", 400, nil) { target, _ in target.replacing(/signature=.*/, with: "signature=") },
        BadURL("no end", 404, nil) { target, _ in target.replacing(/expires=\d+&/, with: "") },
        BadURL("an end that is no number", 404, nil) { target, _ in
            target.replacing(/expires=\d+/, with: "expires=never")
        },
        BadURL("a way out of the folder", 404, nil) { target, _ in
            target.replacing("staging/", with: "staging/../../../")
        },
        BadURL("an encoded way out of the folder", 404, nil) { target, _ in
            target.replacing("staging/", with: "staging/%2e%2e/%2e%2e/")
        },
        BadURL("an encoded slash", 403, .insufficientPermissions) { target, _ in
            target.replacing("staging/", with: "staging%2Fx/")
        },
        BadURL("an encoded NUL", 404, nil) { target, _ in target.replacing("upload-", with: "upload%00-") },
    ]

    /// Seen red with `verify` that took every claim for valid, and with one that did not look at the clock.
    @Test(arguments: badURLs) func `a URL that SRTO did not sign opens nothing`(_ bad: BadURL) async throws {
        try await APIHouse.with { house in
            let opened = try await house.open(["outlets.csv": Self.content, "territories.csv": "id,name,level\n"])
            let good = APIHouse.target(of: opened.uploadUrls["outlets.csv"] ?? "")
            let response = try await house.upload(Self.content, to: bad.target(good, house.signer))
            try expectProblem(response, bad.status, bad.code)
            #expect(try Self.files(house).isEmpty)
        }
    }

    @Test func `a signed URL of no session's file takes nothing`() async throws {
        try await APIHouse.with { house in
            for key in [
                ObjectKey("snapshots", "territories", "WEST", "metadata.json"), ObjectKey("imports"),
                ObjectLayout.upload(session: "imp_none", file: 0),
            ] {
                let target = house.signer.path(.put, key, expires: .now.addingTimeInterval(60))
                try expectProblem(try await house.upload("x", to: target), 404)
            }
            #expect(try Self.files(house).isEmpty)
        }
    }

    @Test func `a fresh URL takes the file; a name that the session does not have is 404`() async throws {
        try await APIHouse.with { house in
            let opened = try await house.open(["outlets.csv": Self.content])
            let response = try await house.send(
                .post, "/api/import/upload", as: .producer,
                body: #"{"sessionId": "\#(opened.sessionId)", "fileName": "outlets.csv"}"#)
            let answer = try jsonObject(response)
            #expect(Set(answer.keys) == ["uploadUrl", "resumableUrl", "expiresIn"])
            let url = try #require(answer["uploadUrl"] as? String)
            #expect(try await house.upload(Self.content, to: url).status == .ok)
            let unknown = try await house.send(
                .post, "/api/import/upload", as: .producer,
                body: #"{"sessionId": "\#(opened.sessionId)", "fileName": "other.csv"}"#)
            try expectProblem(unknown, 404, says: "has no file other.csv")
        }
    }

    /// The object that a good target names.
    private static func key(of target: String) -> ObjectKey? {
        ObjectKey(path: String(target.dropFirst("/api/objects/".count).prefix { $0 != "?" }))
    }

    /// What the object store holds of the session's first file.
    private static func kept(_ house: APIHouse, _ opened: OpenedAnswer) async throws -> String? {
        let file = try await house.catalog.read { try $0.files(ofSession: opened.sessionId).first }
        guard let hash = file?.sha256 else { return nil }
        let key = ObjectLayout.uploaded(session: opened.sessionId, file: 0, sha256: hash)
        return String(decoding: try await house.store.get(key, limit: 1 << 20), as: UTF8.self)
    }

    /// Every file below the object store's folder.
    private static func files(_ house: APIHouse) throws -> [String] {
        let root = house.folder.appending(path: "objects")
        return try FileManager.default.subpathsOfDirectory(atPath: root.path).filter {
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: root.appending(path: $0).path, isDirectory: &isFolder)
                && !isFolder.boolValue
        }
    }
}
