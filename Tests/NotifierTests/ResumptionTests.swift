import Domain
import Testing

@testable import Notifier

/// What a client that comes back is given, and every reason why it is not.
@Suite struct ResumptionTests {
    /// A ring with events 1 to 10 of `import:a` at offsets 100 to 109.
    private func ring(capacityBytes: Int = 1 << 20, leavingOut missing: Set<Int64> = []) -> EventRing {
        var ring = EventRing(capacityBytes: capacityBytes, rememberedSubjects: 10)
        for sequence in Int64(1)...10 where !missing.contains(sequence) {
            ring.passed(offset: 99 + sequence)
            ring.append(encoded("import:a", sequence, offset: 99 + sequence))
        }
        return ring
    }

    private func resume(
        _ ring: EventRing, _ topic: String = "import:a", after sequence: Int64, offset: Int64? = 105,
        clientLog: String? = "log-1", log: String? = "log-1"
    ) -> Resumption {
        ring.resumption(of: topic, after: sequence, offset: offset, clientLog: clientLog, log: log)
    }

    private func sequences(_ resumption: Resumption) -> [Int64]? {
        if case .recovered(let events) = resumption { events.map(\.sequence) } else { nil }
    }

    private func reason(_ resumption: Resumption) -> Resumption.Reason? {
        if case .lost(let reason) = resumption { reason } else { nil }
    }

    @Test func replaysWhatWasMissed() {
        #expect(sequences(resume(ring(), after: 6)) == [7, 8, 9, 10])
        #expect(sequences(resume(ring(), after: 0)) == Array(1...10))
    }

    @Test func nothingMissedIsRecovered() {
        #expect(sequences(resume(ring(), after: 10, offset: 109)) == [])
    }

    @Test func anotherIncarnationIsLost() {
        #expect(reason(resume(ring(), after: 6, clientLog: "log-0")) == .otherIncarnation)
        #expect(reason(resume(ring(), after: 6, clientLog: nil)) == .otherIncarnation)
        #expect(reason(resume(ring(), after: 6, clientLog: nil, log: nil)) == .otherIncarnation)
    }

    @Test(arguments: [110, -1, nil] as [Int64?]) func anOffsetThatTheLogNeverGaveIsLost(offset: Int64?) {
        #expect(reason(resume(ring(), after: 6, offset: offset)) == .offsetUnknown)
    }

    // Seen red with the guard left out: the distance to the last sequence overflowed and ended the process.
    @Test(arguments: [-1, Int64.min]) func aSequenceThatNoEventHasIsLost(sequence: Int64) {
        #expect(reason(resume(ring(), after: sequence)) == .sequenceUnknown)
    }

    @Test func aSequenceAheadOfTheHubIsLost() {
        #expect(reason(resume(ring(), after: 11)) == .sequenceAhead)
    }

    @Test func whatIsNotHeldAnyMoreIsLost() {
        let size = encoded("import:a", 1).size
        let small = ring(capacityBytes: size * 4)
        let held = small.events(of: "import:a", after: 0).map(\.sequence)
        #expect(held.last == 10)
        let oldest = held.first ?? 0
        #expect(oldest > 3)
        #expect(reason(resume(small, after: oldest - 2)) == .notRetained)
        // The one before the oldest is where it can begin.
        #expect(sequences(resume(small, after: oldest - 1)) == held)
        #expect(reason(resume(small, "import:never", after: 3)) == .notRetained)
    }

    // Seen red with the count of events not compared: [6, 8, 9, 10] came as recovered.
    @Test func aSkippedSequenceIsLost() {
        let holed = ring(leavingOut: [7])
        #expect(reason(resume(holed, after: 5)) == .sequenceSkipped)
        #expect(sequences(resume(holed, after: 7)) == [8, 9, 10])
    }

    @Test func onlyTheCatalogsOwnSequenceDisprovesALoss() {
        let disprovable = Resumption.Reason.allCases.filter(\.catalogCanDisprove)
        #expect(disprovable == [.sequenceAhead, .notRetained])
    }
}
