import Domain
import Foundation
import Notifier
import Testing

@testable import srto

@Suite struct FollowedTopicsTests {
    private static func event(_ sequence: Int64, offset: Int64? = nil, coalesced: Int = 0, topic: String = "queues")
        -> ServerFrame
    {
        .event(
            ServerFrame.Event(
                topic: topic, id: "e", type: .queuesChanged, sequence: sequence, offset: offset ?? sequence * 10,
                log: "L",
                time: "t", traceparent: nil, coalesced: coalesced, data: Data("{}".utf8)))
    }

    private static func subscribed(
        _ sequence: Int64, recovered: Bool? = nil, state: Bool = false, offset: Int64 = 5, log: String = "L"
    ) -> ServerFrame {
        .subscribed(
            ServerFrame.Subscribed(
                topic: "queues", sequence: sequence, recovered: recovered, state: state ? Data("{}".utf8) : nil,
                stateType: state ? .queuesChanged : nil, log: log, offset: offset))
    }

    private static func kinds(_ notices: [FollowerNotice]) -> [String] {
        notices.map { notice in
            switch notice {
            case .following: "following"
            case .update(let update): "\(update.time == nil ? "state" : "event") \(update.sequence)"
            case .recovered: "recovered"
            case .missed(_, let after, let before): "missed \(after)..\(before)"
            case .refused: "refused"
            case .warning: "warning"
            case .lost: "lost"
            }
        }
    }

    @Test func firstSubscriptionHasNoPositionAndTellsTheState() {
        var topics = FollowedTopics(["queues"])
        #expect(topics.subscription == .subscribe(topics: ["queues"], position: nil))
        #expect(Self.kinds(topics.receive(Self.subscribed(7, state: true))) == ["following", "state 7"])
        #expect(topics.position == ClientPosition(log: "L", offset: 5, sequences: ["queues": 7]))
    }

    @Test func whatIsNotNewerIsDropped() {
        var topics = FollowedTopics(["queues"])
        _ = topics.receive(Self.subscribed(2))
        let heard = [3, 3, 2, 4, 1, 5].flatMap { topics.receive(Self.event($0)) }
        #expect(Self.kinds(heard) == ["event 3", "event 4", "event 5"])
        #expect(topics.position?.offset == 50, "an older offset does not take the position back")
    }

    @Test func aHoleIsTold() {
        var topics = FollowedTopics(["queues"])
        _ = topics.receive(Self.subscribed(2))
        #expect(Self.kinds(topics.receive(Self.event(6))) == ["missed 2..6", "event 6"])
    }

    @Test func whatWasCoalescedIsNoHole() {
        var topics = FollowedTopics(["queues"])
        _ = topics.receive(Self.subscribed(2))
        #expect(Self.kinds(topics.receive(Self.event(6, coalesced: 3))) == ["event 6"])
        #expect(Self.kinds(topics.receive(Self.event(10, coalesced: 2))) == ["missed 6..10", "event 10"])
    }

    @Test func aRecoveryKeepsOurOwnSequence() {
        var topics = FollowedTopics(["queues"])
        _ = topics.receive(Self.subscribed(2))
        _ = topics.receive(Self.event(3))
        // Whatever number comes with it: events after ours follow.
        #expect(Self.kinds(topics.receive(Self.subscribed(9, recovered: true))) == ["following", "recovered"])
        #expect(Self.kinds([3, 4].flatMap { topics.receive(Self.event($0)) }) == ["event 4"])
    }

    @Test(arguments: [
        Int64(9): ["following", "missed 3..9", "state 9"],
        // Nothing happened meanwhile: nothing was missed, and the state is known.
        3: ["following"],
        // The server's past is another one: ours is worth nothing.
        1: ["following", "missed 3..1", "state 1"],
    ])
    func aFailedRecoveryTakesTheState(sequence: Int64, expected: [String]) {
        var topics = FollowedTopics(["queues"])
        _ = topics.receive(Self.subscribed(3))
        #expect(Self.kinds(topics.receive(Self.subscribed(sequence, recovered: false, state: true))) == expected)
        #expect(Self.kinds(topics.receive(Self.event(sequence + 1))) == ["event \(sequence + 1)"])
    }

    @Test func aNewLogStartsItsOwnOffsets() {
        var topics = FollowedTopics(["queues"])
        _ = topics.receive(Self.subscribed(3, offset: 900))
        _ = topics.receive(Self.subscribed(5, recovered: false, offset: 2, log: "M"))
        #expect(topics.position == ClientPosition(log: "M", offset: 2, sequences: ["queues": 5]))
    }

    @Test func aRefusedTopicIsNotAskedForAgain() {
        var topics = FollowedTopics(["queues", "import:1"])
        let failure = ServerFrame.Failure(code: .insufficientPermissions, message: "no", topic: "queues")
        #expect(topics.receive(.error(failure)) == [.refused(topic: "queues", message: "no [ERR_AUTH_002]")])
        #expect(topics.subscription == .subscribe(topics: ["import:1"], position: nil))
        #expect(topics.receive(Self.event(1)).isEmpty)
    }
}
