import Domain
import Foundation
import Geocoding
import GeocodingHTTP
import TestSupport
import Testing

/// What each provider is asked, and what only one of them says.
@Suite(.timeLimit(.minutes(1)))
struct ProviderQuestionTests {
    /// The path and the parameters of the one question.
    private static func question(
        _ dialect: Dialect, country: String?, path: String = "", address: String
    ) async throws -> (path: String, parameters: [String: String], agent: String?) {
        try await LoopbackProvider.with(answering: { _ in .answer(status: 200, body: dialect.nothing) }) {
            server, url in
            _ = try await dialect.geocoder(url + path, country: country).locate(address)
            let question = try #require(server.questions.first)
            #expect(server.questions.count == 1)
            let components = try #require(URLComponents(string: question.uri))
            let items = (components.queryItems ?? []).map { ($0.name, $0.value ?? "") }
            return (
                components.path, Dictionary(uniqueKeysWithValues: items), question.headers.first(name: "User-Agent")
            )
        }
    }

    /// Seen red with `+` and `&` sent as they are.
    @Test func `Nominatim's question`() async throws {
        let question = try await Self.question(
            .nominatim, country: "DE", path: "/maps/", address: " Straße 1 & Co\t+ Söhne,\u{a0}Ulm ")
        #expect(question.path == "/maps/search")
        #expect(
            question.parameters == [
                "q": "Straße 1 & Co + Söhne, Ulm", "format": "jsonv2", "limit": "1", "countrycodes": "de",
            ])
        #expect(question.agent == "srto (maps@example.com)")
        let anywhere = try await Self.question(.nominatim, country: nil, address: "Ulm")
        #expect(anywhere.path == "/search" && anywhere.parameters["countrycodes"] == nil)
    }

    @Test func `Google's question`() async throws {
        let question = try await Self.question(.google, country: "de", address: "Main Street 1 & 2")
        #expect(question.path == "/maps/api/geocode/json")
        #expect(
            question.parameters == [
                "address": "Main Street 1 & 2", "key": Dialect.key, "components": "country:DE",
            ])
        let anywhere = try await Self.question(.google, country: nil, address: "Ulm")
        #expect(anywhere.parameters["components"] == nil)
    }

    @Test(arguments: [
        ("OVER_QUERY_LIMIT", GeocoderError.Code.busy), ("OVER_DAILY_LIMIT", .denied), ("REQUEST_DENIED", .denied),
        ("INVALID_REQUEST", .refusedAddress), ("UNKNOWN_ERROR", .unavailable), ("ANYTHING", .unavailable),
    ])
    func `Google's statuses say what to do, with 200 and with 400`(
        _ status: String, code: GeocoderError.Code
    ) async throws {
        for number in [200, 400] {
            let body = #"{"status": "\#(status)", "error_message": "not \#(Dialect.key)", "results": []}"#
            try await LoopbackProvider.with(answering: { _ in .answer(status: number, body: body) }) { _, url in
                let error = try await #require(throws: GeocoderError.self) {
                    try await Dialect.google.geocoder(url).locate("Main Street 1")
                }
                #expect(error.code == code)
                #expect(!String(reflecting: error).contains(Dialect.key))
            }
        }
    }

    @Test(arguments: [
        "", "ftp://host", "host", "http://", "http://user:word@host", "http://user@host", "http://host/?key=1",
        "http://host/#x",
    ])
    func `an address that is none, or has more than a place in it, is refused`(_ url: String) {
        #expect(ProviderAddress(url: url, contact: nil) == nil)
    }

    @Test func `answers depend on the country`() throws {
        let german = try Dialect.google.geocoder("http://host", country: "DE")
        #expect(german.bias == "de")
        let any = try Dialect.nominatim.geocoder("http://host")
        #expect(any.bias.isEmpty)
    }
}
