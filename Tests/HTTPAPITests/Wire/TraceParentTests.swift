import Domain
import HTTPAPI
import HTTPTypes
import Testing

/// The W3C trace context: taken from whoever asks, handed on, and never taken from what is none.
struct TraceParentTests {
    private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    private static let span = "00f067aa0ba902b7"

    @Test func `a request goes on in the trace that its header names, one step below`() async throws {
        try await APIHouse.with { house in
            for (path, status) in [("/health", 200), ("/api/none", 404), ("/api/territory/list", 200)] {
                let response = try await house.send(
                    .get, path, headers: [.traceparent: "00-\(Self.trace)-\(Self.span)-01"])
                #expect(response.status.code == status)
                let parts = (response.headers[.traceparent] ?? "").split(separator: "-").map(String.init)
                try #require(parts.count == 4)
                #expect(parts[0] == "00")
                #expect(parts[1] == Self.trace)
                #expect(parts[2] != Self.span)
                #expect(parts[3] == "01")
            }
        }
    }

    /// Seen red with no trace handed to the session.
    @Test func `what a request starts goes on in its trace`() async throws {
        try await APIHouse.with { house in
            try await house.saveTestSchema()
            let response = try await house.send(
                .post, "/api/import/session", headers: [.traceparent: "00-\(Self.trace)-\(Self.span)-00"],
                body: #"{"schemaId": "tiny", "files": [{"fileName": "outlets.csv", "fileSize": 1}]}"#)
            let id = try #require(try jsonObject(response, .created)["sessionId"] as? String)
            let session = try await house.catalog.read { try $0.session(id) }
            #expect(session?.traceparent == response.headers[.traceparent])
            #expect(session?.traceparent?.hasPrefix("00-\(Self.trace)-") == true)
            #expect(session?.traceparent?.hasSuffix("-00") == true)
        }
    }

    @Test func `without a header each request is a trace of its own`() async throws {
        try await APIHouse.with { house in
            var seen: Set<String> = []
            for _ in 0..<3 {
                let header = try await house.send(.get, "/health", as: nil).headers[.traceparent] ?? ""
                #expect(header.wholeMatch(of: /00-[0-9a-f]{32}-[0-9a-f]{16}-01/) != nil)
                seen.insert(header)
            }
            #expect(seen.count == 3)
        }
    }

    /// Seen red before the digits had to be ASCII, the span other than zero, and version 00 to end with its flags.
    @Test(arguments: [
        "", "rubbish", "00", "00-\(trace)-\(span)", "ff-\(trace)-\(span)-01",
        "00-\(trace.uppercased())-\(span)-01", "00-\(trace)0-\(span)-01", "00-\(trace.dropLast())-\(span)-01",
        "00-\(trace.dropLast())g-\(span)-01", "00-00000000000000000000000000000000-\(span)-01",
        "00-\(trace)-0000000000000000-01", "00-\(trace)-\(span)-1", "00-\(trace)-\(span)-01-more",
        "00-\(trace)-\(span)-01, 00-\(trace)-\(span)-01", "00-\(trace.dropLast())\u{FF11}-\(span)-01",
        "00-\(trace.dropLast())\u{FF41}-\(span)-01",
    ]) func `a header that is none begins a trace of its own`(_ header: String) {
        #expect(TraceParent(header: header) == nil)
    }

    @Test func `a header that is none does not come back`() async throws {
        try await APIHouse.with { house in
            let response = try await house.send(
                .get, "/health", headers: [.traceparent: "00-\(Self.trace.dropLast())\u{FF11}-\(Self.span)-01"])
            let header = response.headers[.traceparent] ?? ""
            #expect(header.wholeMatch(of: /00-[0-9a-f]{32}-[0-9a-f]{16}-01/) != nil)
        }
    }
}
