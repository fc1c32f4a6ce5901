import Domain
import Geocoding
import NIOHTTP1
import TestSupport
import Testing

/// What every provider's adapter has to do, against a real HTTP server of the test's own.
@Suite(.timeLimit(.minutes(1)))
struct GeocoderConformanceTests {
    /// What the adapter says when the provider answers so.
    private static func locate(
        _ dialect: Dialect, answering reply: LoopbackProvider.Reply, timeout: Duration = .seconds(20)
    ) async throws -> Coordinates? {
        try await LoopbackProvider.with(answering: { _ in reply }) { _, url in
            try await dialect.geocoder(url, timeout: timeout).locate("Main Street 1")
        }
    }

    private static func failure(
        _ dialect: Dialect, answering reply: LoopbackProvider.Reply, timeout: Duration = .seconds(20)
    ) async throws -> GeocoderError {
        let error = try await #require(throws: GeocoderError.self) {
            try await locate(dialect, answering: reply, timeout: timeout)
        }
        // Seen red with the URL in the sentence.
        #expect(!String(reflecting: error).contains(Dialect.key))
        return error
    }

    @Test(arguments: Dialect.allCases) func `a place is found, or there is none`(_ dialect: Dialect) async throws {
        let found = try await Self.locate(
            dialect, answering: .answer(status: 200, body: dialect.found("48.5", "-9.25")))
        #expect(found == Coordinates(latitude: 48.5, longitude: -9.25))
        #expect(try await Self.locate(dialect, answering: .answer(status: 200, body: dialect.nothing)) == nil)
    }

    /// Seen red with the places taken as they come.
    @Test(
        arguments: Dialect.allCases,
        [("0", "0"), ("91", "10"), ("10", "-180.5"), ("1e999", "10")])
    func `what is no place on the earth is none`(_ dialect: Dialect, _ place: (String, String)) async throws {
        let reply = LoopbackProvider.Reply.answer(status: 200, body: dialect.found(place.0, place.1))
        do {
            #expect(try await Self.locate(dialect, answering: reply) == nil)
        } catch let error as GeocoderError {
            // A number that is none is no JSON either.
            #expect(error.code == .unavailable && dialect == .google && place.0 == "1e999")
        }
    }

    /// What a provider falls back on when it knows the country only. Seen red with a country taken for a place.
    @Test(arguments: Dialect.allCases) func `a whole country is no outlet's place`(_ dialect: Dialect) async throws {
        let body = dialect.found("51.1", "10.4", kind: "country")
        #expect(try await Self.locate(dialect, answering: .answer(status: 200, body: body)) == nil)
    }

    @Test(
        arguments: Dialect.allCases,
        [
            (429, GeocoderError.Code.busy), (500, .unavailable), (503, .unavailable), (408, .unavailable),
            (401, .denied), (403, .denied), (404, .denied), (302, .denied), (400, .refusedAddress),
        ])
    func `a status says what to do`(_ dialect: Dialect, _ status: (Int, GeocoderError.Code)) async throws {
        let reply = LoopbackProvider.Reply.answer(
            status: status.0, headers: [("Retry-After", "17"), ("Location", "http://127.0.0.1:9/")], body: "no JSON")
        let error = try await Self.failure(dialect, answering: reply)
        #expect(error.code == status.1)
        #expect((error.retryAfter == .seconds(17)) == [429, 500, 503, 408].contains(status.0))
    }

    /// Seen red with a client that follows redirects: the key went along.
    @Test(arguments: Dialect.allCases) func `nobody else is asked in its place`(_ dialect: Dialect) async throws {
        try await LoopbackProvider.with(answering: { _ in .answer(status: 200, body: dialect.nothing) }) {
            other, there async throws in
            let reply = LoopbackProvider.Reply.answer(status: 301, headers: [("Location", there + "/search")], body: "")
            #expect(try await Self.failure(dialect, answering: reply).code == .denied)
            #expect(other.questions.isEmpty)
        }
    }

    /// Seen red with a bound of a megabyte.
    @Test(arguments: Dialect.allCases) func `an answer has its bounds in bytes and in time`(_ dialect: Dialect)
        async throws
    {
        let endless = "[" + String(repeating: " ", count: 300 << 10) + "]"
        let tooBig = try await Self.failure(dialect, answering: .answer(status: 200, body: endless))
        #expect(tooBig.code == .unavailable && tooBig.message.contains("256 KiB"))
        for reply in [LoopbackProvider.Reply.silence, .headOnly] {
            let late = try await Self.failure(dialect, answering: reply, timeout: .milliseconds(200))
            #expect(late.code == .unavailable && late.message.contains("within"))
        }
    }

    @Test(arguments: Dialect.allCases, ["", "<html>", "{}", "[{\"lat\": 1}]", "\u{0}"])
    func `what nobody understands is tried again later`(_ dialect: Dialect, _ body: String) async throws {
        let error = try await Self.failure(dialect, answering: .answer(status: 200, body: body))
        #expect(error.code == .unavailable)
    }

    @Test(arguments: Dialect.allCases) func `a provider that is not there`(_ dialect: Dialect) async throws {
        let port = try FreePort.any()
        let error = try await #require(throws: GeocoderError.self) {
            try await dialect.geocoder("http://127.0.0.1:\(port)").locate("Main Street 1")
        }
        #expect(error.code == .unavailable)
        #expect(!String(reflecting: error).contains(Dialect.key))
    }

    /// Seen red with the addresses sent as they are.
    @Test(arguments: Dialect.allCases) func `an address that is none is not sent`(_ dialect: Dialect) async throws {
        try await LoopbackProvider.with(answering: { _ in .answer(status: 200, body: dialect.nothing) }) {
            server, url async throws in
            let error = await #expect(throws: GeocoderError.self) {
                try await dialect.geocoder(url).locate(String(repeating: "x", count: 1001))
            }
            #expect(error?.code == .refusedAddress)
            #expect(server.questions.isEmpty)
        }
    }
}
