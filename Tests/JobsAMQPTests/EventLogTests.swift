import Jobs
import JobsAMQP
import JobsConformance
import Testing

/// The event log as RabbitMQ keeps it: a stream.
@Suite(.timeLimit(.minutes(2)))
struct EventLogTests {
    /// What the relay must not rely on, and what it relies on instead.
    @Test func `a stream's depth is 0 however much it holds, reading it tells`() async throws {
        try await RabbitMQSubject.with { subject in
            let created = try await subject.broker.depth(of: Topology.eventLog)
            #expect(created == QueueDepth(ready: 0, consumers: 0))
            try await subject.broker.publish((0..<10).map { .sampleEvent("event-\($0)") })
            let log = Inbox(try await subject.broker.read(stream: Topology.eventLog, from: .first))
            #expect(try await log.take(10).last?.message.id == "event-9")
            #expect(try await subject.broker.depth(of: Topology.eventLog)?.ready == 0)
        }
    }

    @Test func `a log that was deleted and declared anew is empty and counts from 0`() async throws {
        try await RabbitMQSubject.with { subject in
            try await subject.broker.publish([.sampleEvent("old-0"), .sampleEvent("old-1")])
            try await subject.deleteQueue(Topology.eventLog)
            #expect(try await subject.broker.depth(of: Topology.eventLog) == nil)
            try await BrokerTopology(client: subject.client, management: nil).apply(try RabbitMQSubject.truth)
            let log = Inbox(try await subject.broker.read(stream: Topology.eventLog, from: .first))
            try await subject.broker.publish([.sampleEvent("new")])
            let first = try await log.next()
            #expect(first.message.id == "new")
            #expect(first.offset == 0)
        }
    }

    /// Such a reader has reached no offset yet from which it could go on.
    @Test func `a reader from next that has read nothing gets what was published while it was cut off`() async throws {
        try await RabbitMQSubject.with { subject in
            let log = Inbox(try await subject.broker.read(stream: Topology.eventLog, from: .next))
            try await subject.whileCut { try await $0.publish([.sampleEvent("meanwhile")]) }
            #expect(try await log.next().message.id == "meanwhile")
        }
    }

    @Test func `cuts in the middle of a long read lose nothing and double nothing`() async throws {
        let total = 4000
        try await RabbitMQSubject.with { subject in
            for start in stride(from: 0, to: total, by: 500) {
                try await subject.broker.publish((start..<start + 500).map { .sampleEvent("event-\($0)") })
            }
            for position in [LogPosition.first, .offset(700)] {
                let log = Inbox(try await subject.broker.read(stream: Topology.eventLog, from: position))
                let begin = position == .first ? 0 : 700
                for number in begin..<total {
                    if number % 900 == 850 { try await subject.cutConnections() }
                    let delivery = try await log.next()
                    try #require(delivery.message.id == "event-\(number)")
                    try #require(delivery.offset == Int64(number))
                }
                log.subscription.cancel()
            }
        }
    }
}
