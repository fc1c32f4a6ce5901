import Jobs
import JobsAMQP
import JobsConformance
import Testing

/// The event log as RabbitMQ keeps it: a stream.
@Suite(.timeLimit(.minutes(2)))
struct EventLogTests {
    /// What the relay must not rely on, and what it relies on instead: the broker counts a stream's messages seconds later.
    @Test func `a stream's depth lags behind what it holds, reading it tells`() async throws {
        try await RabbitMQSubject.with { subject in
            let created = try await subject.broker.depth(of: Topology.eventLog)
            #expect(created == QueueDepth(ready: 0, consumers: 0))
            try await subject.broker.publish((0..<10).map { .sampleEvent("event-\($0)") })
            let log = Inbox(try await subject.broker.read(stream: Topology.eventLog, from: .first))
            #expect(try await log.take(10).last?.message.id == "event-9")
            let told = try #require(try await subject.broker.depth(of: Topology.eventLog)?.ready)
            #expect((0...10).contains(told))
        }
    }

    @Test func `a log that was deleted and declared anew is empty and counts from 0`() async throws {
        try await RabbitMQSubject.with { subject in
            try await subject.broker.publish([.sampleEvent("old-0"), .sampleEvent("old-1")])
            try await subject.deleteQueue(Topology.eventLog)
            #expect(try await subject.broker.depth(of: Topology.eventLog) == nil)
            try await BrokerTopology(client: subject.client, management: nil).apply(try TopologyDefinition.truth)
            let log = Inbox(try await subject.broker.read(stream: Topology.eventLog, from: .first))
            try await subject.broker.publish([.sampleEvent("new")])
            let first = try await log.next()
            #expect(first.message.id == "new")
            #expect(first.offset == 0)
        }
    }

    @Test func `who reads again after every cut in the middle of a long read loses nothing`() async throws {
        let total = 4000
        try await RabbitMQSubject.with { subject in
            for start in stride(from: 0, to: total, by: 500) {
                try await subject.broker.publish((start..<start + 500).map { .sampleEvent("event-\($0)") })
            }
            var number = 0
            while number < total {
                // At the last one read, not after it: it shows that the log is still the same.
                let position = number == 0 ? LogPosition.first : .offset(Int64(number - 1))
                do {
                    let log = Inbox(try await subject.broker.read(stream: Topology.eventLog, from: position))
                    defer { log.subscription.cancel() }
                    if number > 0 { try #require(try await log.next().message.id == "event-\(number - 1)") }
                    while number < total {
                        let delivery = try await log.next()
                        try #require(delivery.message.id == "event-\(number)")
                        try #require(delivery.offset == Int64(number))
                        number += 1
                        if number % 900 == 850 { try await subject.cutConnections() }
                    }
                } catch let error as BrokerError where error.code == .unavailable {
                    continue
                }
            }
        }
    }
}
