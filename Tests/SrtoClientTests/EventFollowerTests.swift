import Foundation
import Testing

@testable import srto

/// The follower against a real socket that is cut, silent or unfriendly.
@Suite(.timeLimit(.minutes(1))) struct EventFollowerTests {
    private static let subscribed = #"{"type":"subscribed","topic":"queues","sequence":1,"#

    private static func follow(
        _ server: TestServer, patience: Duration = .seconds(20), silence: Int64 = 60_000, until: Int64
    ) async throws -> [FollowerNotice] {
        var follower = EventFollower(
            address: try ServerAddress(server.url), token: "secret", topics: ["queues"], patience: patience)
        follower.silenceLimit = .milliseconds(silence)
        var heard: [FollowerNotice] = []
        try await follower.run { notice throws(ClientError) in
            heard.append(notice)
            if case .update(let update) = notice, update.sequence >= until { return .stop }
            return .goOn
        }
        return heard
    }

    private static func sequences(_ notices: [FollowerNotice]) -> [Int64] {
        notices.compactMap { if case .update(let update) = $0 { update.sequence } else { nil } }
    }

    @Test func reconnectsFromItsPositionAndHearsNothingTwice() async throws {
        let subscriptions = Notes<String>()
        let tokens = Notes<String?>()
        try await TestServer.serving(socket: { socket in
            tokens.add(socket.head.headers.first(name: "authorization"))
            let (frame, frames) = try await socket.subscription()
            switch subscriptions.add(String(decoding: frame, as: UTF8.self)) {
            case 0:
                try await socket.send(Self.subscribed + #""state":{},"stateType":"io.srto.queues.changed.v1"}"#)
                try await socket.send(eventFrame("queues", 2, offset: 20))
                try await socket.send(eventFrame("queues", 3, offset: 21))
                // Gone without a word, once the client has it.
                try await socket.ping("last")
                var frames = frames
                _ = try await frames.next()
            default:
                try await socket.send(Self.subscribed + #""recovered":true}"#)
                try await socket.send(eventFrame("queues", 3, offset: 21))
                try await socket.send(eventFrame("queues", 4, offset: 22))
                try await socket.drain(frames)
            }
        }) { server in
            let heard = try await Self.follow(server, until: 4)
            #expect(Self.sequences(heard) == [1, 2, 3, 4])
            #expect(heard.contains(.recovered(topic: "queues")))
            #expect(heard.contains { if case .lost = $0 { true } else { false } })
        }
        #expect(tokens.all == ["Bearer secret", "Bearer secret"])
        let frames = try subscriptions.all.map { try JSONValue(json: Data($0.utf8)) }
        #expect(frames.first?["position"] == nil)
        #expect(
            frames.last?["position"]
                == .object(["log": "L", "offset": .integer(21), "sequences": .object(["queues": .integer(3)])]))
    }

    @Test func answersPings() async throws {
        try await TestServer.serving(socket: { socket in
            var (_, frames) = try await socket.subscription()
            try await socket.send(Self.subscribed + #""log":"L"}"#)
            try await socket.ping("are you there")
            guard let pong = try await frames.next(), pong.opcode == .pong, pong.maskKey != nil,
                String(buffer: pong.unmaskedData) == "are you there"
            else { return }
            try await socket.send(eventFrame("queues", 2, offset: 1))
            try await socket.drain(frames)
        }) { server in
            let heard = try await Self.follow(server, patience: .seconds(2), until: 2)
            #expect(Self.sequences(heard) == [2])
        }
    }

    @Test func leavesAServerThatWentSilent() async throws {
        let connections = Notes<Int>()
        try await TestServer.serving(socket: { socket in
            let number = connections.add(0)
            let (_, frames) = try await socket.subscription()
            try await socket.send(Self.subscribed + #""log":"L"}"#)
            if number > 0 { try await socket.send(eventFrame("queues", 2, offset: 1)) }
            try await socket.drain(frames)
        }) { server in
            // The second connection has as long to speak, also on a machine that is busy with other tests.
            let heard = try await Self.follow(server, silence: 1000, until: 2)
            #expect(Self.sequences(heard) == [2])
            #expect(
                heard.contains { if case .lost(let reason, _) = $0 { reason.contains("silent") } else { false } })
        }
        #expect(connections.all.count == 2)
    }

    @Test func comesBackAfterAShutdownWhenAdvised() async throws {
        let connections = Notes<Int>()
        try await TestServer.serving(socket: { socket in
            let (_, frames) = try await socket.subscription()
            try await socket.send(Self.subscribed + #""log":"L"}"#)
            guard connections.add(0) > 0 else {
                return try await socket.close(1001, "the server shuts down; reconnect after 30 ms")
            }
            try await socket.send(eventFrame("queues", 2, offset: 1))
            try await socket.drain(frames)
        }) { server in
            let heard = try await Self.follow(server, until: 2)
            #expect(
                heard.contains { if case .lost(_, let pause) = $0 { pause == .milliseconds(30) } else { false } })
        }
    }

    @Test func aTokenThatEndedIsTold() async throws {
        try await TestServer.serving(socket: { try await $0.close(4401, "the token has come to its end") }) { server in
            let error = await #expect(throws: ClientError.self) { try await Self.follow(server, until: 9) }
            #expect(error?.description.contains("the token has come to its end") == true)
            #expect(error?.advice == ClientError.tokenAdvice)
        }
    }

    @Test func anUnwelcomeClientHearsWhy() async throws {
        let problem = #"{"title":"Invalid authentication token","detail":"it expired","code":"ERR_AUTH_001"}"#
        try await TestServer.serving(http: { _ in .json(401, problem) }, refuseSockets: true) { server in
            let error = await #expect(throws: ClientError.self) { try await Self.follow(server, until: 9) }
            #expect(error?.code == .refused(status: 401))
            #expect(error?.description.contains("it expired [ERR_AUTH_001]") == true)
        }
    }

    @Test func givesUpWhenPatienceEnds() async throws {
        // A port that was free a moment ago.
        let gone = try await TestServer.serving { $0 }
        let begin = ContinuousClock.now
        let error = await #expect(throws: ClientError.self) {
            try await Self.follow(gone, patience: .milliseconds(300), until: 9)
        }
        #expect(error?.code == .unreachable)
        #expect(error?.description.contains("connection refused") == true)
        #expect(ContinuousClock.now - begin < .seconds(10))
    }
}
