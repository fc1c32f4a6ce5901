import Domain
import Foundation
import Testing

@testable import Notifier

@Suite struct SocketSessionTests {
    private let user = UserContext(userId: "u", role: .gtPlanner)
    private let now = ContinuousClock.now

    private func session(
        known: Bool = true, _ change: (inout NotifierConfiguration) -> Void = { _ in }
    ) -> SocketSession {
        var configuration = NotifierConfiguration()
        change(&configuration)
        return SocketSession(configuration: configuration, user: known ? user : nil)
    }

    /// `#expect` cannot call what changes its subject.
    private func receive(_ text: Data, _ session: inout SocketSession) -> [SocketSession.Step] {
        session.receive(text, at: now)
    }

    private func isError(_ step: SocketSession.Step?) -> Bool {
        if case .answer(.error)? = step { true } else { false }
    }

    @Test func readsEachFrame() throws {
        var session = session()
        let position = ClientPosition(log: "l", offset: 4, sequences: ["import:a": 7])
        let subscribe = try ClientFrame.subscribe(topics: ["import:a", "queues", "import:a"], position: position).json()
        #expect(receive(subscribe, &session) == [.subscribe([.importSession("a"), .queues], position)])
        #expect(session.topics == [.importSession("a"), .queues])
        let unsubscribe = try ClientFrame.unsubscribe(topics: ["queues", "territory:t"]).json()
        #expect(receive(unsubscribe, &session) == [.unsubscribe([.queues])])
        #expect(receive(try ClientFrame.ping.json(), &session) == [.answer(.pong)])
        let token = try ClientFrame.authenticate(token: "t").json()
        #expect(receive(token, &session) == [.authenticate(token: "t")])
    }

    @Test(arguments: [
        "", "x", "[]", "{}", #"{"type":5}"#, #"{"type":"shout"}"#, #"{"type":"subscribe"}"#,
        #"{"type":"subscribe","topics":[]}"#, #"{"type":"subscribe","topics":"queues"}"#,
        #"{"type":"authenticate"}"#, #"{"type":"subscribe","topics":["queues"],"position":3}"#,
    ])
    func aBadFrameIsAnsweredAndTheTenthCloses(text: String) {
        var session = session()
        for _ in 1..<10 {
            let steps = session.receive(Data(text.utf8), at: now)
            #expect(steps.count == 1 && isError(steps.first))
        }
        let last = session.receive(Data(text.utf8), at: now)
        #expect(last.count == 2 && isError(last.first))
        #expect(last.last == .close(SocketClose(.policyViolation, "too many bad frames")))
    }

    @Test func nobodySubscribesUnknown() throws {
        var session = session(known: false)
        let steps = session.receive(try ClientFrame.subscribe(topics: ["queues"], position: nil).json(), at: now)
        guard case .answer(.error(let failure))? = steps.first else {
            Issue.record("not refused: \(steps)")
            return
        }
        #expect(failure.code == .invalidToken)
        #expect(session.topics.isEmpty)
    }

    @Test func topicsAndFramesAreLimited() throws {
        var session = session {
            $0.maxTopicsPerSocket = 3
            $0.subscribeFramesPerSecond = 2
        }
        let many = try ClientFrame.subscribe(topics: (0..<4).map { "import:\($0)" }, position: nil).json()
        #expect(receive(many, &session).count == 1)
        #expect(session.topics.isEmpty)
        session = self.session {
            $0.maxTopicsPerSocket = 3
            $0.subscribeFramesPerSecond = 3
        }
        let three = try ClientFrame.subscribe(topics: (0..<3).map { "import:\($0)" }, position: nil).json()
        _ = receive(three, &session)
        let fourth = try ClientFrame.subscribe(topics: ["import:4"], position: nil).json()
        let steps = receive(fourth, &session)
        #expect(session.topics.count == 3)
        #expect(steps.count == 1 && isError(steps.first))
        // Those that are followed already may be subscribed anew.
        let again = try ClientFrame.subscribe(topics: ["import:0"], position: nil).json()
        #expect(receive(again, &session) == [.subscribe([.importSession("0")], nil)])
        let third = session.receive(again, at: now)
        #expect(third.count == 1 && isError(third.first))
    }

    @Test func aTopicThatIsNoneIsNamed() throws {
        var session = session()
        let text = try ClientFrame.subscribe(topics: ["import:", "queues"], position: nil).json()
        let steps = session.receive(text, at: now)
        guard case .answer(.error(let failure))? = steps.first else {
            Issue.record("not refused")
            return
        }
        #expect(failure.topic == "import:")
        #expect(steps.last == .subscribe([.queues], nil))
    }

    @Test func framesSurviveTheWire() throws {
        let frames: [ServerFrame] = [
            .welcome(ServerFrame.Welcome(user: "ü\"\\\u{1}", log: nil, heartbeatSeconds: 25)),
            .welcome(ServerFrame.Welcome(user: "u", log: "l", heartbeatSeconds: 1)),
            .subscribed(
                ServerFrame.Subscribed(
                    topic: "import:a", sequence: 3, recovered: false, state: Data(#"{"a":[1,null]}"#.utf8),
                    stateType: .importFinished, log: "l", offset: 9)),
            .subscribed(
                ServerFrame.Subscribed(
                    topic: "queues", sequence: 0, recovered: nil, state: nil, stateType: nil, log: nil, offset: nil)),
            .error(ServerFrame.Failure(code: .insufficientPermissions, message: "no", topic: "queues")),
            .error(ServerFrame.Failure(message: "no")), .pong,
        ]
        for sent in frames { #expect(try frame(sent.encoded()) == sent) }
    }

    @Test func theReasonNamesItsDelay() {
        let close = SocketClose.comeBack(.goingAway, "the server shuts down", within: .seconds(10))
        let delay = SocketClose.adviceToReconnect(in: close.reason)
        #expect(delay.map { $0 >= .zero && $0 <= .seconds(10) } == true)
        #expect(SocketClose.adviceToReconnect(in: "no advice") == nil)
        #expect(SocketClose(.normal, String(repeating: "ä", count: 100)).reason.utf8.count <= 123)
    }
}
