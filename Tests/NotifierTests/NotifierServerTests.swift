import Domain
import Foundation
import Testing

@testable import Notifier

/// Upgrade, authentication, rights and limits, over real sockets.
@Suite struct NotifierServerTests {
    @Test func theTokenComesThreeWays() async throws {
        try await TestServer.with { server in
            let byHeader = try await WireClient(port: server.port)
            let answer = try await byHeader.upgrade(["Authorization: Bearer anna"])
            #expect(answer.status == 101)
            // The key of RFC 6455, 1.3, and its answer.
            #expect(answer.head.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="))
            #expect(try await byHeader.welcome().user == "anna")

            let bySubprotocol = try await WireClient(port: server.port)
            let agreed = try await bySubprotocol.upgrade(["Sec-WebSocket-Protocol: srto.v1, srto.bearer.anna"])
            #expect(agreed.head.contains("Sec-WebSocket-Protocol: srto.v1\r\n"))
            #expect(try await bySubprotocol.welcome().user == "anna")

            let byFrame = try await WireClient(port: server.port)
            #expect(try await byFrame.upgrade().status == 101)
            try await byFrame.send(.subscribe(topics: ["queues"], position: nil))
            #expect(try await byFrame.failure().code == .invalidToken)
            try await byFrame.send(.authenticate(token: "anna"))
            let welcome = try await byFrame.welcome()
            #expect(welcome == ServerFrame.Welcome(user: "anna", log: nil, heartbeatSeconds: 25))
        }
    }

    @Test func aBadTokenIsAnsweredOnTheUpgrade() async throws {
        try await TestServer.with { server in
            let client = try await WireClient(port: server.port)
            let answer = try await client.upgrade(["Authorization: Bearer bad"])
            #expect(answer.status == 401)
            #expect(answer.head.lowercased().contains("content-type: application/problem+json"))
            let problem = try JSONSerialization.jsonObject(with: answer.body) as? [String: Any]
            #expect(problem?["code"] as? String == "ERR_AUTH_001")
            #expect(problem?["detail"] as? String == "the token is bad")
            #expect(try await client.mailbox.next() == .ended)

            let down = try await WireClient(port: server.port)
            #expect(try await down.upgrade(["Authorization: Bearer down"]).status == 503)
            let ended = try await WireClient(port: server.port)
            #expect(try await ended.upgrade(["Authorization: Bearer anna!-5"]).status == 401)
            let plain = try await WireClient(port: server.port)
            try await plain.get("/api/events")
            #expect(try await plain.response().status == 426)
            let page = try await WireClient(port: server.port)
            #expect(try await page.upgrade(["Origin: https://evil.example"]).status == 403)
            let own = try await WireClient(port: server.port)
            #expect(try await own.upgrade(["Origin: http://127.0.0.1:\(server.port)"]).status == 101)
        }
    }

    @Test func aBadTokenInAFrameCloses() async throws {
        try await TestServer.with { server in
            let client = try await WireClient(port: server.port)
            _ = try await client.upgrade()
            try await client.send(.authenticate(token: "bad"))
            #expect(try await client.failure().code == .invalidToken)
            #expect(try await client.close().code == 4401)
        }
    }

    @Test func noTokenInTimeCloses() async throws {
        try await TestServer.with({ $0.authenticationDeadline = .milliseconds(100) }) { server in
            let client = try await WireClient(port: server.port)
            _ = try await client.upgrade()
            #expect(try await client.close().code == 4401)
        }
    }

    /// A proxy may send an upgrade over a connection that it kept alive, and other requests share the port.
    @Test func theSecondRequestOfAConnectionUpgradesToo() async throws {
        try await TestServer.with { server in
            let client = try await WireClient(port: server.port)
            for _ in 0..<2 {
                try await client.get("/hello")
                let hello = try await client.response()
                #expect(hello.status == 200)
                #expect(String(decoding: hello.body, as: UTF8.self) == "hello")
            }
            #expect(try await client.upgrade(["Authorization: Bearer root@ADMIN"]).status == 101)
            _ = try await client.welcome()
            try await client.send(.subscribe(topics: ["queues"], position: nil))
            #expect(try await client.subscribed().sequence == 0)
            server.tell("queues", 1, .queuesChanged)
            #expect(try await client.event().type == .queuesChanged)
        }
    }

    @Test func eventsReachWhoMayFollowThem() async throws {
        try await TestServer.with { server in
            server.tell("import:mine", 1)
            let client = try await server.client("anna")
            try await client.send(
                .subscribe(topics: ["import:mine", "import:theirs", "territory:T1", "queues"], position: nil))
            var refused: Set<String> = []
            for _ in 0..<3 {
                let failure = try await client.failure()
                #expect(failure.code == .insufficientPermissions)
                refused.insert(failure.topic ?? "")
            }
            #expect(refused == ["import:theirs", "territory:T1", "queues"])
            let subscribed = try await client.subscribed()
            #expect(subscribed.topic == "import:mine")
            #expect(subscribed.recovered == nil)
            server.tell("import:theirs", 1)
            server.tell("import:mine", 2, .importFinished)
            let event = try await client.event()
            #expect(event.topic == "import:mine")
            #expect(event.sequence == 2)
            #expect(event.type == .importFinished)
            client.hangUp()

            server.tell("import:mine", 3)
            let back = try await server.client("anna")
            let position = ClientPosition(log: event.log, offset: event.offset, sequences: ["import:mine": 2])
            try await back.send(.subscribe(topics: ["import:mine"], position: position))
            #expect(try await back.subscribed().recovered == true)
            #expect(try await back.event().sequence == 3)
            try await back.send(.unsubscribe(topics: ["import:mine"]))
            try await back.send(.ping)
            #expect(try await back.frame() == .pong)
            #expect(server.hub.metrics.subscriptions == 0)
        }
    }

    /// A refusal, too, when the catalog is down: not a socket lost.
    @Test func aCatalogThatIsDownIsSaid() async throws {
        try await TestServer.with { server in
            let client = try await server.client("anna")
            server.catalog.setFailing(true)
            try await client.send(.subscribe(topics: ["import:mine"], position: nil))
            let failure = try await client.failure()
            #expect(failure.code == nil && failure.topic == "import:mine")
            server.catalog.setFailing(false)
            try await client.send(.subscribe(topics: ["import:mine"], position: nil))
            #expect(try await client.subscribed().topic == "import:mine")
        }
    }

    @Test func aTokenThatEndsClosesUnlessAFreshOneCame() async throws {
        try await TestServer.with { server in
            let stale = try await server.client("anna!1.5")
            let fresh = try await server.client("anna!1.5")
            try await fresh.send(.authenticate(token: "anna"))
            _ = try await fresh.welcome()
            #expect(try await stale.close().code == 4401)
            try await fresh.send(.ping)
            #expect(try await fresh.frame() == .pong)
            try await fresh.send(.authenticate(token: "ben"))
            #expect(try await fresh.failure().code == .invalidToken)
            #expect(try await fresh.close().code == 4401)
        }
    }

    /// A fresh token with fewer rights ends what it does not carry any more.
    @Test func rightsAreCheckedAgainWithAFreshToken() async throws {
        try await TestServer.with { server in
            let client = try await server.client("anna@ADMIN")
            try await client.send(.subscribe(topics: ["queues", "import:mine"], position: nil))
            _ = try await client.subscribed()
            _ = try await client.subscribed()
            try await client.send(.authenticate(token: "anna"))
            _ = try await client.welcome()
            let failure = try await client.failure()
            #expect(failure.code == .insufficientPermissions && failure.topic == "queues")
            server.tell("queues", 1, .queuesChanged)
            server.tell("import:mine", 1)
            #expect(try await client.event().topic == "import:mine")
        }
    }

    @Test func socketsAreLimitedByUserAndInAll() async throws {
        try await TestServer.with({
            $0.maxSockets = 3
            $0.maxSocketsPerUser = 2
        }) { server in
            let first = try await server.client("anna")
            let second = try await server.client("anna")
            let third = try await WireClient(port: server.port)
            #expect(try await third.upgrade(["Authorization: Bearer anna"]).status == 429)
            let late = try await WireClient(port: server.port)
            #expect(try await late.upgrade().status == 101)
            let fourth = try await WireClient(port: server.port)
            #expect(try await fourth.upgrade(["Authorization: Bearer ben"]).status == 503)
            try await late.send(.authenticate(token: "anna"))
            #expect(try await late.close().code == 4429)
            // Those that were there first are not touched.
            for client in [first, second] {
                try await client.send(.ping)
                #expect(try await client.frame() == .pong)
            }
        }
    }
}
