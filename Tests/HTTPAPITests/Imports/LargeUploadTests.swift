import Domain
import Foundation
import HTTPTypes
import ObjectStore
import Testing

/// Uploads that come in many pieces, over a real connection.
struct LargeUploadTests {
    private static let content = (0..<100_000).map { "\($0),outlet \($0)\n" }.joined()

    /// Seen red with `UploadPieces` that kept the last buffer only.
    @Test func `a file of many pieces is kept whole and in order`() async throws {
        try await APIHouse.with(.live) { house in
            let opened = try await house.open(["outlets.csv": Self.content])
            let response = try await house.upload(Self.content, to: opened.uploadUrls["outlets.csv"] ?? "")
            #expect(try jsonObject(response)["sha256"] as? String == Digest.sha256(Self.content))
            let key = ObjectLayout.uploaded(
                session: opened.sessionId, file: 0, sha256: Digest.sha256(Self.content))
            #expect(try await house.store.get(key, limit: 1 << 24) == Array(Self.content.utf8))
        }
    }

    @Test func `uploads are not bound by what a JSON body may have`() async throws {
        var fittings = APIHouse.Fittings()
        fittings.limits.maximumFileBytes = 6 << 20
        try await APIHouse.with(.live, fittings) { house in
            let content = String(repeating: "x", count: 6 << 20)
            let opened = try await house.open(["outlets.csv": content])
            let response = try await house.upload(content, to: opened.uploadUrls["outlets.csv"] ?? "")
            #expect(try jsonObject(response)["size"] as? Int == 6 << 20)
        }
    }
}
