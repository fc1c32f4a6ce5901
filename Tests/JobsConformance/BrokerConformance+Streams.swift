import Jobs
import Testing

extension BrokerConformance {
    static let streams = [
        BrokerPromise("a stream is read from its first message, in order, offsets growing") { subject in
            try await subject.publishEvents(ids("event", 50))
            let deliveries = try await subject.log(from: .first).take(50)
            #expect(deliveries.map(\.message.id) == ids("event", 50))
            let offsets = deliveries.compactMap(\.offset)
            #expect(offsets.count == 50)
            #expect(zip(offsets, offsets.dropFirst()).allSatisfy(<))
        },
        BrokerPromise("a stream can be read again, from any offset") { subject in
            try await subject.publishEvents(ids("event", 20))
            let all = try await subject.log(from: .first).take(20)
            let middle = try #require(all[12].offset)
            let tail = try await subject.log(from: .offset(middle)).take(8)
            #expect(tail.compactMap(\.offset) == all[12...].compactMap(\.offset))
            #expect(tail.map(\.message.id) == Array(ids("event", 20)[12...]))
        },
        BrokerPromise("a stream read from next shows only what comes later") { subject in
            try await subject.publishEvents(ids("old", 5))
            let inbox = try await subject.log(from: .next)
            try await subject.publishEvents(ids("new", 5))
            #expect(try await inbox.take(5).map(\.message.id) == ids("new", 5))
        },
        BrokerPromise("readers of a stream each get everything, far beyond their prefetch") { subject in
            let left = try await subject.log(from: .first)
            let right = try await subject.log(from: .first)
            for start in stride(from: 0, to: 1000, by: 100) {
                try await subject.publishEvents((start..<start + 100).map { "event-\($0)" })
            }
            #expect(try await left.take(1000).map(\.message.id) == ids("event", 1000))
            #expect(try await right.take(1000).map(\.message.id) == ids("event", 1000))
        },
        BrokerPromise("a cancelled reader ends, the others read on") { subject in
            let leaving = try await subject.log(from: .next)
            let staying = try await subject.log(from: .next)
            leaving.subscription.cancel()
            #expect(try await leaving.nextOrEnd() == nil)
            try await subject.publishEvents(["one"])
            #expect(try await staying.next().message.id == "one")
        },
        BrokerPromise("a cut ends a reader, and who reads again at its last offset misses nothing") { subject in
            let inbox = try await subject.log(from: .first)
            try await subject.publishEvents(ids("event", 10))
            let before = try await inbox.take(10)
            let last = try #require(before.last?.offset)
            try await subject.cutConnections()
            let error = await #expect(throws: BrokerError.self) { while try await inbox.nextOrEnd() != nil {} }
            #expect(error?.code == .unavailable)
            for id in ids("more", 5) { try await subject.publishStubbornly(.sampleEvent(id)) }
            let again = try await subject.logStubbornly(from: .offset(last))
            #expect(try await again.next().offset == last)
            var missing = Set(ids("more", 5))
            while !missing.isEmpty {
                if let id = try await again.next().message.id { missing.remove(id) }
            }
        },
        BrokerPromise("a stream that is not there cannot be read") { subject in
            let error = await #expect(throws: BrokerError.self) {
                try await subject.broker.read(stream: "no.such.stream", from: .first)
            }
            #expect(error?.code == .refused)
        },
    ]
}

extension BrokerUnderTest {
    fileprivate func publishEvents(_ ids: [String]) async throws {
        try await broker.publish(ids.map { .sampleEvent($0) })
    }

    fileprivate func log(from position: LogPosition) async throws -> Inbox {
        Inbox(try await broker.read(stream: Topology.eventLog, from: position))
    }

    /// Reads, again when the connection that was to carry it was cut.
    fileprivate func logStubbornly(from position: LogPosition) async throws -> Inbox {
        for attempt in 1... {
            do throws(BrokerError) {
                return Inbox(try await broker.read(stream: Topology.eventLog, from: position))
            } catch {
                guard error.code == .unavailable, attempt < 10 else { throw error }
            }
        }
        return try await log(from: position)
    }

    /// Publishes, again when the connection that carried it was cut.
    fileprivate func publishStubbornly(_ message: OutboundMessage) async throws {
        for attempt in 1... {
            do throws(BrokerError) {
                return try await broker.publish([message])
            } catch {
                guard error.code == .unavailable, attempt < 10 else { throw error }
            }
        }
    }
}
