import Domain
import Foundation
import HTTPAPI
import HTTPTypes
import Testing

/// What counts as a token, and what does not.
struct TokenTests {
    /// An Authorization header that must not open anything.
    struct BadHeader: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let header: @Sendable () throws -> String?
    }

    static let badHeaders: [BadHeader] = [
        BadHeader(testDescription: "none") { nil },
        BadHeader(testDescription: "empty") { "" },
        BadHeader(testDescription: "the scheme alone") { "Bearer" },
        BadHeader(testDescription: "another scheme") { "Basic " + (try TokenForge.token(TokenForge.claims())) },
        BadHeader(testDescription: "no scheme") { try TokenForge.token(TokenForge.claims()) },
        BadHeader(testDescription: "rubbish") { "Bearer rubbish" },
        BadHeader(testDescription: "rubbish with dots") { "Bearer a.b.c" },
        BadHeader(testDescription: "two tokens") {
            let token = try TokenForge.token(TokenForge.claims())
            return "Bearer \(token), Bearer \(token)"
        },
        bad("expired", ["exp": 1_700_000_000]),
        bad("wrong issuer", ["iss": "somebody"]),
        bad("empty sub", ["sub": ""]),
        bad("sub beyond 200 bytes", ["sub": String(repeating: "ä", count: 101)]),
        bad("unknown role", ["role": "ROOT"]),
        bad("without sub", without: "sub"),
        bad("without iss", without: "iss"),
        bad("without exp", without: "exp"),
        bad("without role", without: "role"),
        BadHeader(testDescription: "other secret") {
            "Bearer " + (try TokenForge.token(TokenForge.claims(), secret: [UInt8](repeating: 8, count: 32)))
        },
        BadHeader(testDescription: "alg none") {
            "Bearer " + (try TokenForge.token(TokenForge.claims(), algorithm: "none", .none))
        },
        BadHeader(testDescription: "HS256 without a signature") {
            "Bearer " + (try TokenForge.token(TokenForge.claims(), .none))
        },
        BadHeader(testDescription: "HS512") {
            "Bearer " + (try TokenForge.token(TokenForge.claims(), algorithm: "HS512", .hs512))
        },
        BadHeader(testDescription: "HS512 that calls itself HS256") {
            "Bearer " + (try TokenForge.token(TokenForge.claims(), .hs512))
        },
        BadHeader(testDescription: "claims changed after signing") {
            var parts = try TokenForge.token(TokenForge.claims(["role": "GT_PLANNER"])).split(separator: ".")
            parts[1] = try TokenForge.token(TokenForge.claims()).split(separator: ".")[1]
            return "Bearer " + parts.joined(separator: ".")
        },
    ]

    /// Seen red with `verifyNotExpired`, the issuer's and the subject's guard taken out one after another.
    @Test(arguments: badHeaders) func `refused with 401 and ERR_AUTH_001`(_ bad: BadHeader) async throws {
        try await APIHouse.with { house in
            var headers = HTTPFields()
            headers[.authorization] = try bad.header()
            let response = try await house.send(.get, "/api/territory/list", as: nil, headers: headers)
            try expectProblem(response, 401, .invalidToken)
            #expect(response.headers[.wwwAuthenticate] == "Bearer realm=\"srto\"")
        }
    }

    @Test(arguments: ["Bearer", "bearer", "BEARER"]) func `the forge's own good token opens`(
        _ scheme: String
    ) async throws {
        try await APIHouse.with { house in
            let headers: HTTPFields = [.authorization: scheme + " " + (try TokenForge.token(TokenForge.claims()))]
            #expect(try await house.send(.get, "/api/territory/list", as: nil, headers: headers).status == .ok)
        }
    }

    @Test func `a token says who it speaks for and until when`() async throws {
        let authority = try await TokenAuthority(secret: APIHouse.secret)
        let token = try await authority.make(user: .westViewer, lifetime: .seconds(60))
        let (user, expires) = try await authority.verify(token)
        #expect(user == .westViewer)
        #expect(abs(expires.timeIntervalSinceNow - 60) < 5)
    }

    @Test func `a token whose life is over is told so`() async throws {
        let authority = try await TokenAuthority(secret: APIHouse.secret)
        let token = try await authority.make(user: .admin, lifetime: .seconds(-1))
        let fault = await #expect(throws: RequestError.self) { try await authority.verify(token) }
        #expect(fault?.message.contains("has expired") == true)
    }

    @Test func `a short secret is refused`() async throws {
        await #expect(throws: RequestError.self) {
            try await TokenAuthority(secret: [UInt8](repeating: 1, count: 31))
        }
    }

    private static func bad(
        _ what: String, _ changes: [String: any Sendable] = [:], without missing: String? = nil
    ) -> BadHeader {
        BadHeader(testDescription: what) {
            "Bearer " + (try TokenForge.token(TokenForge.claims(changes, without: missing)))
        }
    }
}
