import Testing

@testable import Notifier

@Suite struct HeartbeatTests {
    @Test func aPeerThatAnswersIsKept() {
        var heartbeat = Heartbeat(interval: .seconds(25), grace: .seconds(8))
        var now = Duration.seconds(25)
        for _ in 0..<5 {
            let first = heartbeat.due(at: now)
            #expect(first == .ping(next: now + .seconds(8)))
            heartbeat.heard()
            now += .seconds(8)
            let second = heartbeat.due(at: now)
            #expect(second == .wait(next: now + .seconds(17)))
            now += .seconds(17)
        }
    }

    @Test func aSilentPeerIsGoneAfterTheGrace() {
        var heartbeat = Heartbeat(interval: .seconds(25), grace: .seconds(8))
        heartbeat.heard()
        let actions = [heartbeat.due(at: .seconds(25)), heartbeat.due(at: .seconds(33))]
        #expect(actions == [.ping(next: .seconds(33)), .gone])
    }

    @Test func theBucketFillsWithTime() {
        var limit = RateLimit(perSecond: 3)
        let start = ContinuousClock.now
        let atMilliseconds = [0, 0, 0, 0, 0, 400, 500, 60_000, 60_000, 60_000, 60_000]
        let taken = atMilliseconds.map { limit.take(at: start + .milliseconds($0)) }
        #expect(taken == [true, true, true, false, false, true, false, true, true, true, false])
    }

    @Test func placesAreCountedInAllAndByUser() {
        let admission = SocketAdmission(limit: 3, limitPerUser: 2, limitUnclaimed: 10)
        #expect((0..<4).map { _ in admission.enter() } == [true, true, true, false])
        #expect((0..<3).map { _ in admission.claim(user: "u") } == [true, true, false])
        #expect(admission.claim(user: "v"))
        admission.leave(user: "u")
        #expect(admission.enter())
        #expect(admission.claim(user: "u"))
    }
}
