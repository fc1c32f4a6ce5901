import Domain
import Foundation
import NIOCore
import Testing

@testable import Notifier

/// Fault 16: what waits for a slow client is bounded, coalesced, and never loses an end.
@Suite struct SocketQueueTests {
    /// `#expect` cannot call what changes its subject.
    private func append(_ event: EncodedEvent, _ queue: inout SocketQueue) -> Bool { queue.append(event) }

    private func drain(_ queue: inout SocketQueue) throws -> [ServerFrame] {
        var frames: [ServerFrame] = []
        while let text = queue.next() { frames.append(try frame(text)) }
        return frames
    }

    /// Sequence and number of coalesced events of each event frame.
    private func events(_ frames: [ServerFrame]) -> [[Int64]] {
        frames.compactMap {
            if case .event(let event) = $0 { [event.sequence, Int64(event.coalesced)] } else { nil }
        }
    }

    @Test func keepsEverythingWhileThereIsRoom() throws {
        var queue = SocketQueue(capacityBytes: 100_000)
        for sequence in 1...20 { #expect(append(encoded("import:a", Int64(sequence)), &queue)) }
        let frames = events(try drain(&queue))
        #expect(frames == (1...20).map { [$0, 0] })
        #expect(queue.bytes == 0)
    }

    // Seen red with `coalesce()` left out: `append` returned false.
    @Test func aNewerEventTakesTheOldersPlaceWhenThereIsNone() throws {
        var queue = SocketQueue(capacityBytes: 3_000)
        for sequence in 1...100 { #expect(append(encoded("import:a", Int64(sequence), padding: 300), &queue)) }
        #expect(queue.bytes <= 3_000)
        let frames = events(try drain(&queue))
        #expect(frames.last?.first == 100)
        // Each one's count explains the numbers that are skipped before it.
        var last: Int64 = 0
        for frame in frames {
            #expect(frame[0] == last + 1 + frame[1])
            last = frame[0]
        }
        #expect(queue.coalesced == frames.reduce(0) { $0 + Int($1[1]) })
    }

    // Seen red with `isCoalescable` not asked: 4 was left out.
    @Test func whatTellsOfAnEndIsKept() throws {
        var queue = SocketQueue(capacityBytes: 2_500)
        for sequence in 1...3 { _ = queue.append(encoded("import:a", Int64(sequence), padding: 300)) }
        _ = queue.append(encoded("import:a", 4, .importFinished, padding: 300))
        for sequence in 5...20 { #expect(append(encoded("import:a", Int64(sequence), padding: 300), &queue)) }
        let frames = events(try drain(&queue))
        #expect(frames.contains([4, 3]))
        #expect(frames.last?.first == 20)
    }

    @Test func doesNotFitWhenNothingCanGiveWay() {
        var queue = SocketQueue(capacityBytes: 2_000)
        var fits = true
        for number in 1...10 where fits {
            fits = queue.append(encoded("import:\(number)", 1, .importFinished, padding: 300))
        }
        #expect(!fits)
    }

    @Test func oneEntryIsTakenWhateverItsSize() throws {
        var queue = SocketQueue(capacityBytes: 500)
        #expect(append(encoded("import:a", 1, padding: 5_000), &queue))
        #expect(append(encoded("import:a", 2, padding: 5_000), &queue))
        let frames = events(try drain(&queue))
        #expect(frames == [[2, 1]])
    }

    /// An event from before a topic was begun anew is not counted against the ones after it.
    @Test func coalescingStopsAtABeginning() throws {
        var queue = SocketQueue(capacityBytes: 2_300)
        _ = queue.append(encoded("import:a", 5, padding: 300))
        let begin = ServerFrame.subscribed(
            ServerFrame.Subscribed(
                topic: "import:a", sequence: 9, recovered: nil, state: nil, stateType: nil, log: nil, offset: nil))
        _ = queue.append(begin.encoded(), begins: "import:a")
        for sequence in 10...14 { #expect(append(encoded("import:a", Int64(sequence), padding: 300), &queue)) }
        let frames = events(try drain(&queue))
        #expect(frames.first == [5, 0])
        let after = frames.dropFirst()
        var last: Int64 = 9
        for frame in after {
            #expect(frame[0] == last + 1 + frame[1])
            last = frame[0]
        }
        #expect(last == 14)
        #expect(queue.coalesced > 0)
    }

    @Test func dataIsEmbeddedAsItIs() throws {
        let data = Data(#"{ "z" : 1.50, "a":"\u00e4ß" }"#.utf8)
        let event = DomainEvent(
            id: "x\"\n", type: .importProgress, subject: "import:\"q\\", sequence: 3, time: "t", traceparent: "00-1",
            data: data)
        let encoded = EncodedEvent(event, log: "l", offset: 4)
        for count in [0, 7] {
            let bytes = Data(encoded.message(coalesced: count).readableBytesView)
            #expect(bytes.range(of: data) != nil)
            guard case .event(let read) = try ServerFrame(json: bytes) else {
                Issue.record("no event frame")
                return
            }
            #expect(read.coalesced == count)
            #expect(read.topic == "import:\"q\\")
            #expect(read.id == "x\"\n")
            #expect(read.traceparent == "00-1")
        }
    }
}
