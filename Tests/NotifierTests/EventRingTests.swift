import Domain
import Testing

@testable import Notifier

@Suite struct EventRingTests {
    @Test func holdsAsManyBytesAsItMay() {
        let size = encoded("import:a", 1, padding: 200).size
        var ring = EventRing(capacityBytes: size * 10, rememberedSubjects: 10)
        for sequence in 1...200 {
            ring.passed(offset: Int64(sequence))
            ring.append(encoded("import:a", Int64(sequence), offset: Int64(sequence), padding: 200))
            #expect(ring.bytes <= size * 10)
        }
        let held = ring.events(of: "import:a", after: 0)
        #expect(held.count >= 8)
        #expect(held.last?.sequence == 200)
        #expect(held.first?.sequence == 200 - Int64(held.count) + 1)
    }

    @Test func findsASubjectsEventsAmongOthers() {
        var ring = EventRing(capacityBytes: 1 << 20, rememberedSubjects: 10)
        for sequence in 1...50 {
            for name in ["a", "b", "c"] { ring.append(encoded(name, Int64(sequence))) }
        }
        #expect(ring.events(of: "b", after: 40).map(\.sequence) == Array(41...50))
        #expect(ring.events(of: "b", after: 50).isEmpty)
        #expect(ring.events(of: "nobody", after: 0).isEmpty)
    }

    /// The last sequences of subjects without an event in the ring are bounded, too.
    @Test func forgetsTheSubjectsThatAreQuietTheLongest() {
        let size = encoded("import:00", 1).size
        var ring = EventRing(capacityBytes: size, rememberedSubjects: 3)
        for number in 10...20 { ring.append(encoded("import:\(number)", 1)) }
        #expect(ring.lastSequence(of: "import:20") == 1)
        #expect(ring.lastSequence(of: "import:17") == 1)
        #expect(ring.lastSequence(of: "import:16") == nil)
    }

    /// A subject that was quiet and spoke again is not forgotten for having been quiet.
    @Test func aSubjectThatSpeaksAgainIsRemembered() {
        let size = encoded("import:00", 1).size
        var ring = EventRing(capacityBytes: size, rememberedSubjects: 2)
        ring.append(encoded("import:10", 1))
        ring.append(encoded("import:11", 1))
        ring.append(encoded("import:10", 2))
        ring.append(encoded("import:12", 1))
        ring.append(encoded("import:13", 1))
        #expect(ring.lastSequence(of: "import:10") == 2)
    }
}
