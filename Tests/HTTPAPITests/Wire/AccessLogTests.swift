import Catalog
import Domain
import Foundation
import HTTPTypes
import NIOCore
import Testing

/// What is written down of a request: enough to find it again, and nothing that opens anything.
struct AccessLogTests {
    @Test func `a request is logged under its trace with method, target and status`() async throws {
        try await APIHouse.with { house in
            let response = try await house.send(.get, "/api/territory/list?what=ever")
            let trace = (response.headers[.traceparent] ?? "").split(separator: "-").dropFirst().first ?? "-"
            for words in ["method=GET", "target=/api/territory/list?what=ever", "status=200", "trace=\(trace)"] {
                #expect(house.log.text.contains(words), "\(house.log.text)")
            }
        }
    }

    /// Seen red with the query logged as it came.
    @Test func `neither a token nor a signature is logged`() async throws {
        try await APIHouse.with { house in
            let opened = try await house.openAndUpload(["outlets.csv": "id,name\n"])
            let url = opened.uploadUrls["outlets.csv"] ?? ""
            let signature = String(url.split(separator: "signature=").last ?? "")
            try #require(signature.count == 64)
            _ = try await house.send(.get, "/api/territory/list", headers: [.authorization: "Bearer my-own-secret"])
            #expect(house.log.text.contains("target=\(String(APIHouse.target(of: url).prefix { $0 != "?" }))"))
            for secret in [signature, "Bearer", "my-own-secret", "eyJ"] {
                #expect(!house.log.text.contains(secret), "\(house.log.text)")
            }
        }
    }

    @Test func `a failure is logged with its cause under the trace id that the client was given`() async throws {
        var fittings = APIHouse.Fittings()
        fittings.catalogFault = CatalogError(.failed, "the disk said no")
        try await APIHouse.with(.router, fittings) { house in
            let problem = try expectProblem(try await house.send(.get, "/api/territory/list"), 500)
            let line = house.log.text.split(separator: "\n").first { $0.contains("the disk said no") }
            #expect(line?.hasPrefix("error ") == true)
            #expect(line?.contains("trace=\(problem.traceId)") == true)
        }
    }

    @Test func `a long query is logged short`() async throws {
        try await APIHouse.with { house in
            let query = (0..<50).map { "k\($0)=" + String(repeating: "v", count: 500) }.joined(separator: "&")
            _ = try await house.send(.get, "/health?" + query, as: nil)
            #expect(house.log.text.utf8.count < 2000)
        }
    }
}
