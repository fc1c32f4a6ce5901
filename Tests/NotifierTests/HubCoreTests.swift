import Domain
import Foundation
import Jobs
import Testing

@testable import Notifier

/// Fault 15: events duplicated or reordered.
@Suite struct HubCoreTests {
    private let socket = SocketID(number: 1)

    private func core() -> HubCore { HubCore(ringBytes: 1 << 20, rememberedSubjects: 100) }

    private func delivered(_ ingestion: HubCore.Ingestion) -> Int64? {
        if case .deliver(let event, let sockets) = ingestion, !sockets.isEmpty { event.sequence } else { nil }
    }

    // Seen red with `event.sequence <= last` as `<`: the twin was delivered.
    @Test func aTwinAndAnOlderEventAreDropped() {
        var core = core()
        _ = core.join(socket, topic: "import:a", stateSequence: 0, claim: nil, force: false)
        var seen: [Int64] = []
        for (offset, sequence) in [1, 1, 2, 4, 3, 4, 2, 5].enumerated() {
            let ingestion = core.ingest(message(event("import:a", Int64(sequence))), offset: Int64(offset))
            if let sequence = delivered(ingestion) { seen.append(sequence) }
        }
        #expect(seen == [1, 2, 4, 5])
        #expect(core.metrics.droppedDuplicates == 4)
        #expect(core.metrics.events == 4)
    }

    /// The catalog is ahead of the log: events that its state tells of already are not told again.
    @Test func whatTheStateToldIsNotToldAgain() {
        var core = core()
        _ = core.ingest(message(event("import:a", 1)), offset: 0)
        guard
            case .joined(let events, nil) = core.join(
                socket, topic: "import:a", stateSequence: 3, claim: nil, force: false)
        else {
            Issue.record("not joined")
            return
        }
        #expect(events.isEmpty)
        let seen = (Int64(2)...5).compactMap {
            delivered(core.ingest(message(event("import:a", $0)), offset: $0))
        }
        #expect(seen == [4, 5])
    }

    @Test func aStateOlderThanTheRingIsReadAgain() {
        var core = HubCore(ringBytes: encoded("import:a", 1).size * 3, rememberedSubjects: 100)
        for sequence in Int64(1)...20 { _ = core.ingest(message(event("import:a", sequence)), offset: sequence) }
        guard case .stale = core.join(socket, topic: "import:a", stateSequence: 5, claim: nil, force: false) else {
            Issue.record("joined with a gap")
            return
        }
        guard case .joined = core.join(socket, topic: "import:a", stateSequence: 5, claim: nil, force: true) else {
            Issue.record("not joined by force")
            return
        }
    }

    @Test func theCatalogShowsThatNothingWasMissed() {
        var core = core()
        _ = core.ingest(message(event("import:a", 1)), offset: 0)
        let joins: [(Int64, Resumption.Reason, Bool)] = [
            (7, .notRetained, true), (7, .sequenceAhead, true), (6, .notRetained, false),
            (7, .otherIncarnation, false), (7, .offsetUnknown, false), (7, .sequenceSkipped, false),
        ]
        for (claimed, reason, expected) in joins {
            let join = core.join(
                socket, topic: "territory:t", stateSequence: 7, claim: (claimed, reason), force: false)
            guard case .joined(_, let recovered) = join else {
                Issue.record("not joined")
                return
            }
            #expect(recovered == expected, "\(reason)")
        }
        #expect(core.metrics.recovered == 2)
        #expect(core.metrics.notRecovered == 4)
    }

    // Seen red with the incarnation not compared: the event was delivered as if nothing had been lost.
    @Test func anotherIncarnationAsksFollowersBack() {
        var core = core()
        _ = core.join(socket, topic: "import:a", stateSequence: 0, claim: nil, force: false)
        _ = core.ingest(message(event("import:a", 8)), offset: 50)
        guard case .logBegunAnew(let closing) = core.ingest(message(event("import:a", 1), log: "log-2"), offset: 0)
        else {
            Issue.record("not noticed")
            return
        }
        #expect(closing == [socket])
        #expect(core.log == "log-2")
        #expect(core.ring.lastSequence(of: "import:a") == 1)
        #expect(core.ring.lastOffset == 0)
    }

    /// A log that is read again from its beginning tells followers nothing that they know.
    ///
    /// Seen red with `takeFollowers` not asking for the follower's last sequence.
    @Test func aLogThatIsReadAgainIsNotToldAgain() {
        var core = core()
        _ = core.join(socket, topic: "import:a", stateSequence: 0, claim: nil, force: false)
        for sequence in Int64(1)...3 { _ = core.ingest(message(event("import:a", sequence)), offset: sequence) }
        core.restartLog()
        let seen = (Int64(1)...4).compactMap {
            delivered(core.ingest(message(event("import:a", $0)), offset: $0))
        }
        #expect(seen == [4])
    }

    @Test func messagesThatAreNoEventsAreLeftOut() {
        var core = core()
        var noJSON = message(event("import:a", 1))
        noJSON.body = Array("{\"open".utf8)
        var noSequence = message(event("import:a", 1))
        noSequence.headers[HeaderName.sequence] = nil
        for (offset, bad) in [noJSON, noSequence, WireMessage(id: nil, type: nil, body: [])].enumerated() {
            guard case .malformed = core.ingest(bad, offset: Int64(offset)) else {
                Issue.record("taken: \(bad)")
                return
            }
        }
        #expect(core.metrics.malformed == 3)
        #expect(core.ring.lastOffset == 2)
    }

    @Test func subscriptionsAreCountedAndEnd() {
        var core = core()
        for topic in ["import:a", "import:b"] {
            _ = core.join(socket, topic: topic, stateSequence: 0, claim: nil, force: false)
            _ = core.join(socket, topic: topic, stateSequence: 0, claim: nil, force: false)
        }
        #expect(core.metrics.subscriptions == 2)
        core.leave(socket, topic: "import:a")
        #expect(delivered(core.ingest(message(event("import:a", 1)), offset: 0)) == nil)
        #expect(delivered(core.ingest(message(event("import:b", 1)), offset: 1)) == 1)
        core.leave(socket)
        #expect(core.metrics.subscriptions == 0)
        #expect(delivered(core.ingest(message(event("import:b", 2)), offset: 2)) == nil)
    }
}
