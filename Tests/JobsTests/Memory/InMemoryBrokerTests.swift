import Foundation
import JobsConformance
import TestSupport
import Testing

@testable import Jobs

/// The in-memory broker on a clock that stands still.
private struct InMemorySubject: BrokerUnderTest {
    let memory: InMemoryBroker
    let clock = ManualClock()
    var broker: any Broker { memory }

    init() throws {
        memory = InMemoryBroker(topology: try .truth, clock: clock)
    }

    func cutConnections() async throws { memory.cut() }
    func deleteQueue(_ name: String) async throws { memory.deleteQueue(name) }
    func letPass(_ duration: Duration) async throws { clock.advance(by: duration) }
}

@Suite(.timeLimit(.minutes(1)))
struct InMemoryBrokerTests {
    @Test(arguments: BrokerConformance.promises)
    func keeps(_ promise: BrokerPromise) async throws {
        try await promise.check(on: try InMemorySubject())
    }

    @Test func `a delayed message stays until its time has come`() async throws {
        let subject = try InMemorySubject()
        var outbound = OutboundMessage.sample("later", to: .importResolve)
        outbound.exchange = DelayQueue.fiveSeconds.rawValue
        try await subject.broker.publish([outbound])
        subject.clock.advance(by: .milliseconds(4999))
        #expect(try await subject.broker.depth(of: DelayQueue.fiveSeconds.rawValue)?.ready == 1)
        subject.clock.advance(by: .milliseconds(1))
        let inbox = Inbox(try await subject.broker.subscribe(to: WorkQueue.importResolve.rawValue, prefetch: 1))
        #expect(try await inbox.next().message.text(HeaderName.firstDeathReason) == "expired")
    }

    /// Seen red: of two messages whose timers rang in the wrong order the later one stayed for ever.
    @Test func `messages expire in whatever order their timers ring`() throws {
        var state = BrokerState()
        state.declare(try .truth)
        for id in ["1", "2", "3"] {
            var outbound = OutboundMessage.sample(id, to: .importResolve)
            outbound.exchange = DelayQueue.fiveSeconds.rawValue
            try state.publish(outbound)
        }
        let timers = state.expiring
        for position in [1, 0, 2] { state.expire(timers[position]) }
        #expect(state.depth(of: DelayQueue.fiveSeconds.rawValue)?.ready == 0)
        #expect(state.depth(of: WorkQueue.importResolve.rawValue)?.ready == 3)
    }

    @Test func `a full queue turns publishers away`() async throws {
        var topology = try TopologyDefinition.truth
        for position in topology.queues.indices { topology.queues[position].arguments["x-max-length"] = .integer(2) }
        let broker = InMemoryBroker(topology: topology)
        try await broker.publish([.sample("1", to: .importResolve), .sample("2", to: .importResolve)])
        let error = await #expect(throws: BrokerError.self) {
            try await broker.publish([.sample("3", to: .importResolve)])
        }
        #expect(error?.code == .refused)
        #expect(error?.messageID == "3")
        #expect(try await broker.depth(of: WorkQueue.importResolve.rawValue)?.ready == 2)
    }

    @Test func `deliveries that nobody holds any more go back`() async throws {
        let subject = try InMemorySubject()
        try await subject.broker.publish([.sample("kept", to: .importResolve)])
        do {
            // Never iterated: its delivery was sent and not taken.
            let dropped = try await subject.broker.subscribe(to: WorkQueue.importResolve.rawValue, prefetch: 1)
            #expect(try await subject.broker.depth(of: WorkQueue.importResolve.rawValue)?.ready == 0)
            withExtendedLifetime(dropped) {}
        }
        let inbox = Inbox(try await subject.broker.subscribe(to: WorkQueue.importResolve.rawValue, prefetch: 1))
        let delivery = try await inbox.next()
        #expect(delivery.message.id == "kept")
        #expect(delivery.deliveryCount == 1)
    }

    @Test func `a task that is cancelled stops waiting for deliveries`() async throws {
        let subject = try InMemorySubject()
        let subscription = try await subject.broker.subscribe(to: WorkQueue.importResolve.rawValue, prefetch: 1)
        let waiting = Task {
            var iterator = subscription.deliveries.makeAsyncIterator()
            return try await iterator.next()
        }
        waiting.cancel()
        let outcome = try await within(.seconds(10), "the end of the wait") { try await waiting.value }
        #expect(outcome == nil)
    }

    @Test func `a dead letter that no queue takes waits for one`() async throws {
        let topology = try TopologyDefinition.truth
        let broker = InMemoryBroker(topology: topology)
        broker.deleteQueue(WorkQueue.importResolve.deadLetterQueue)
        try await broker.publish([.sample("poison", to: .importResolve)])
        let inbox = Inbox(try await broker.subscribe(to: WorkQueue.importResolve.rawValue, prefetch: 1))
        for _ in 0..<RetryPolicy.mostAttempts + 2 { try await inbox.next().requeue() }
        broker.declare(topology)
        let dead = Inbox(try await broker.subscribe(to: WorkQueue.importResolve.deadLetterQueue, prefetch: 1))
        #expect(try await dead.next().message.id == "poison")
    }

    @Test func `the event log drops the oldest when it is full`() async throws {
        var topology = try TopologyDefinition.truth
        let position = try #require(topology.queues.firstIndex { $0.name == Topology.eventLog })
        topology.queues[position].arguments["x-max-length-bytes"] = .integer(1000)
        let broker = InMemoryBroker(topology: topology)
        for number in 0..<200 { try await broker.publish([.sampleEvent("event-\(number)")]) }
        let log = Inbox(try await broker.read(stream: Topology.eventLog, from: .first))
        let first = try await log.next()
        let offset = try #require(first.offset)
        #expect(offset > 100)
        #expect(first.message.id == "event-\(offset)")
    }
}
