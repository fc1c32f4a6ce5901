import Domain
import Hummingbird
import Testing

@testable import Notifier

@Suite struct UpgradeRequestTests {
    private func headers(_ change: (inout HTTPFields) -> Void = { _ in }) -> HTTPFields {
        var headers = HTTPFields()
        headers[.upgrade] = "WebSocket"
        headers[.connection] = "keep-alive, Upgrade"
        headers[.secWebSocketVersion] = "13"
        headers[.secWebSocketKey] = "dGhlIHNhbXBsZSBub25jZQ=="
        change(&headers)
        return headers
    }

    private func status(_ headers: HTTPFields) -> Int? {
        do throws(Problem) {
            _ = try UpgradeRequest(headers)
            return nil
        } catch {
            return error.status
        }
    }

    @Test func theTokenComesInTheHeaderOrTheSubprotocol() throws {
        #expect(try UpgradeRequest(headers()).token == nil)
        #expect(try UpgradeRequest(headers { $0[.authorization] = "bearer a.b.c" }).token == "a.b.c")
        let browser = try UpgradeRequest(headers { $0[.secWebSocketProtocol] = "srto.v1, srto.bearer.a.b.c" })
        #expect(browser.token == "a.b.c")
        #expect(browser.subprotocol == "srto.v1")
        let alone = try UpgradeRequest(headers { $0[.secWebSocketProtocol] = "srto.bearer.a.b.c" })
        #expect(alone.subprotocol == "srto.bearer.a.b.c")
        #expect(try UpgradeRequest(headers { $0[.secWebSocketProtocol] = "chat" }).subprotocol == nil)
    }

    @Test func whatIsNoUpgradeIsRefused() {
        #expect(status(headers { $0[.upgrade] = nil }) == 426)
        #expect(status(headers { $0[.connection] = "keep-alive" }) == 426)
        #expect(status(headers { $0[.secWebSocketVersion] = "8" }) == 426)
        #expect(status(headers { $0[.secWebSocketKey] = "c2hvcnQ=" }) == 400)
        #expect(status(headers { $0[.contentLength] = "5" }) == 400)
        #expect(status(headers { $0[.authorization] = "Basic dTpw" }) == 401)
        #expect(status(headers()) == nil)
    }

    @Test(
        arguments: [
            (nil, "srto.example:8080", true),
            ("http://srto.example:8080", "srto.example:8080", true),
            ("https://srto.example", "srto.example:443", true),
            ("https://SRTO.example", "srto.example", true),
            ("http://srto.example", "srto.example:8080", false),
            ("https://evil.example", "srto.example", false),
            ("https://srto.example.evil", "srto.example", false),
            ("null", "srto.example", false),
            ("file://", "srto.example", false),
            ("https://console.example", "srto.example", true),
        ] as [(String?, String, Bool)])
    func pagesOfOtherHostsAreRefused(origin: String?, host: String, expected: Bool) {
        #expect(OriginPolicy.allows(origin: origin, host: host, allowed: ["https://console.example"]) == expected)
    }
}
