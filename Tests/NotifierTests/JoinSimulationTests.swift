import Domain
import Foundation
import Jobs
import NIOCore
import TestSupport
import Testing

@testable import Notifier

/// A catalog, a relay that sends twice, a hub with a small ring, and a client with a small queue that comes and goes,
/// in any order. Whatever happens, the client misses nothing silently and sees nothing twice.
///
/// Seen red with twins let through (`<` for `<=` in `ingest`), with a stale state joined (holes), and with `resumption`
/// not counting what the ring holds (holes).
///
/// One run after the other: a run never yields, and two of them would keep both cores from tests that wait for something.
@Suite struct JoinSimulationTests {
    @Test func nothingIsMissedSilently() throws {
        var (resumed, lost) = (0, 0)
        for run in 0..<8 {
            var generator = SeededGenerator.printed("join simulation \(run)")
            var world = World(roomyRing: run.isMultiple(of: 2))
            for _ in 0..<1_000 { try world.step(&generator) }
            try world.settle()
            #expect(world.events > 10)
            resumed += world.resumed
            lost += world.lost
        }
        // A run of few outages may do without either.
        #expect(resumed > 0)
        #expect(lost > 0)
    }
}

private struct World {
    private enum Client {
        case away
        /// Asked to subscribe; the ring could not resume it.
        case asking(claim: (Int64, Resumption.Reason)?)
        /// Holds a state that was read from the catalog.
        case holding(state: Int64, claim: (Int64, Resumption.Reason)?)
        case following
    }

    private let topics = ["import:a", "import:b", "queues"]
    private var catalog: [String: Int64] = [:]
    private var finals: [String: Set<Int64>] = [:]
    private var outbox: [DomainEvent] = []
    private var log: [WireMessage] = []
    private var read = 0
    private var core: HubCore
    private var queue = SocketQueue(capacityBytes: 4_000)
    private var clients: [String: Client] = [:]
    private var socket = SocketID(number: 1)
    // What the client knows.
    private var seen: [String: Int64] = [:]
    private var position: (log: String, offset: Int64)?
    private(set) var events = 0
    private(set) var resumed = 0
    private(set) var lost = 0

    init(roomyRing: Bool) {
        core = HubCore(ringBytes: roomyRing ? 40_000 : 4_000, rememberedSubjects: 100)
        for topic in topics { clients[topic] = .away }
    }

    mutating func step(_ generator: inout SeededGenerator) throws {
        let topic = topics[Int.random(in: 0..<3, using: &generator)]
        switch Int.random(in: 0..<1_000, using: &generator) {
        case 0..<150: tell(topic, isFinal: Int.random(in: 0..<10, using: &generator) == 0)
        case 150..<350: relay(twice: Int.random(in: 0..<4, using: &generator) == 0)
        case 350..<600: for _ in 0..<Int.random(in: 1...6, using: &generator) { ingest() }
        case 600..<700: subscribe(topic)
        case 700..<800: advance(topic)
        case 800..<990: for _ in 0..<Int.random(in: 1...4, using: &generator) { try readOne() }
        case 990..<998: disconnect()
        default: restartHub()
        }
    }

    /// Lets everything arrive and checks that the client knows what the catalog knows.
    mutating func settle() throws {
        for topic in topics { subscribe(topic) }
        for _ in 0..<20 {
            while !outbox.isEmpty { relay(twice: false) }
            while read < log.count {
                ingest()
                try drain()
            }
            for topic in topics {
                subscribe(topic)
                advance(topic)
            }
            try drain()
        }
        for topic in topics { #expect(seen[topic] ?? 0 == catalog[topic] ?? 0, "\(topic)") }
    }

    private mutating func tell(_ topic: String, isFinal: Bool) {
        let sequence = catalog[topic, default: 0] + 1
        catalog[topic] = sequence
        if isFinal { finals[topic, default: []].insert(sequence) }
        outbox.append(event(topic, sequence, isFinal ? .importFinished : .importProgress))
    }

    private mutating func relay(twice: Bool) {
        guard let first = outbox.first else { return }
        log.append(message(first))
        if !twice { outbox.removeFirst() }
    }

    private mutating func ingest() {
        guard read < log.count else { return }
        if case .deliver(let event, let sockets) = core.ingest(log[read], offset: Int64(read)), !sockets.isEmpty {
            offer(event)
        }
        read += 1
    }

    /// The hub's process ends and another reads the log from its beginning.
    private mutating func restartHub() {
        disconnect()
        core = HubCore(ringBytes: 4_000, rememberedSubjects: 100)
        read = 0
    }

    private mutating func subscribe(_ topic: String) {
        guard case .away? = clients[topic] else { return }
        guard let sequence = seen[topic] else {
            clients[topic] = .asking(claim: nil)
            return
        }
        let place = ClientPosition(log: position?.log, offset: position?.offset, sequences: seen)
        switch core.resume(socket, topic: topic, after: sequence, position: place) {
        case .lost(let reason):
            clients[topic] = .asking(claim: (sequence, reason))
        case .recovered(let events):
            clients[topic] = .following
            begin(topic, sequence, recovered: true)
            for event in events { offer(event) }
        }
    }

    /// The catalog is read and, later, the topic joined.
    private mutating func advance(_ topic: String) {
        switch clients[topic] {
        case .asking(let claim)?:
            clients[topic] = .holding(state: catalog[topic] ?? 0, claim: claim)
        case .holding(let state, let claim)?:
            switch core.join(socket, topic: topic, stateSequence: state, claim: claim, force: false) {
            case .stale:
                clients[topic] = .asking(claim: claim)
            case .joined(let events, let recovered):
                clients[topic] = .following
                begin(topic, state, recovered: recovered)
                for event in events { offer(event) }
            }
        case .away?, .following?, nil:
            break
        }
    }

    private mutating func begin(_ topic: String, _ sequence: Int64, recovered: Bool?) {
        let frame = ServerFrame.subscribed(
            ServerFrame.Subscribed(
                topic: topic, sequence: sequence, recovered: recovered, state: nil, stateType: nil, log: core.log,
                offset: core.ring.lastOffset))
        if !queue.append(frame.encoded(), begins: topic) { disconnect() }
    }

    private mutating func offer(_ event: EncodedEvent) {
        if !queue.append(event) { disconnect() }
    }

    private mutating func disconnect() {
        core.leave(socket)
        socket = SocketID(number: socket.number + 1)
        queue.removeAll()
        for topic in topics { clients[topic] = .away }
    }

    private mutating func drain() throws {
        while !queue.isEmpty { try readOne() }
    }

    /// The client reads a frame and holds the server to its word.
    private mutating func readOne() throws {
        guard let text = queue.next() else { return }
        switch try frame(text) {
        case .subscribed(let subscribed):
            if subscribed.recovered == true {
                resumed += 1
                #expect(subscribed.sequence == seen[subscribed.topic], "recovered, but not from where it was")
            }
            if subscribed.recovered == false { lost += 1 }
            if subscribed.recovered == false, let before = seen[subscribed.topic] {
                #expect(subscribed.sequence >= before, "went back")
            }
            seen[subscribed.topic] = subscribed.sequence
            if let log = subscribed.log, let offset = subscribed.offset { position = (log, offset) }
        case .event(let event):
            let before = seen[event.topic] ?? 0
            #expect(event.sequence == before + 1 + Int64(event.coalesced), "hole or double in \(event.topic)")
            let skipped = Set((before + 1)..<max(before + 1, event.sequence))
            #expect(finals[event.topic, default: []].isDisjoint(with: skipped), "an end was coalesced away")
            seen[event.topic] = event.sequence
            position = (event.log, event.offset)
            events += 1
        case .welcome, .error, .pong:
            Issue.record("unexpected frame")
        }
    }
}
