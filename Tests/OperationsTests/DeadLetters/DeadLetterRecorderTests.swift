import Catalog
import Domain
import Foundation
import Jobs
import Operations
import TestSupport
import Testing

/// From the dead-letter queue into the catalog, each letter once.
struct DeadLetterRecorderTests {
    private static let queue = WorkQueue.importResolve

    /// What may lie in a dead-letter queue.
    private static let messages: [WireMessage] = [
        ours, buriedByBroker, WireMessage(id: nil, type: nil, body: [0, 255, 1]),
        WireMessage(id: "", type: "", body: []),
        WireMessage(
            id: String(repeating: "i", count: 255), type: String(repeating: "t", count: 255),
            headers: [
                HeaderName.deadReason: .integer(3), HeaderName.deadAttempts: .string("many"),
                HeaderName.deadAt: .integer(7), HeaderName.subject: .string(String(repeating: "s", count: 400)),
            ], body: Array("no JSON".utf8)),
    ]

    private static var ours: WireMessage {
        DeadLetterMessage.outbound(
            WireMessage(
                id: "job-1", type: JobType.resolve.rawValue,
                headers: [
                    HeaderName.subject: .string("import:s1"), HeaderName.traceparent: .string("00-a-b-01"),
                    HeaderName.attempts: .integer(8),
                ], body: Array(#"{"sessionID":"s1"}"#.utf8)),
            from: queue, reason: "tried 9 times; the last time: disk full", attempts: 9, at: "2026-11-24T05:00:00.000Z"
        ).message
    }

    private static var buriedByBroker: WireMessage {
        WireMessage(
            id: "job-1", type: JobType.resolve.rawValue,
            headers: [
                HeaderName.subject: .string("import:s1"), HeaderName.attempts: .integer(2),
                HeaderName.firstDeathReason: .string("maxlen"),
            ], body: [1])
    }

    @Test func `a letter of ours is recorded with reason, attempts, trace and the session it belongs to`() async throws
    {
        let letter = try await recorded(Self.ours)
        #expect(
            letter
                == DeadLetter(
                    id: 1, queue: "import.resolve", jobID: "job-1", type: JobType.resolve.rawValue,
                    subject: "import:s1", reason: "tried 9 times; the last time: disk full", attempts: 9,
                    traceparent: "00-a-b-01", diedAt: "2026-11-24T05:00:00.000Z",
                    body: Data(#"{"sessionID":"s1"}"#.utf8)))
    }

    @Test func `a letter of the broker's own says why it gave up, and dies when it is found`() async throws {
        let before = Date.now.iso8601
        let letter = try await recorded(Self.buriedByBroker)
        #expect(letter.reason.contains("the broker gave it up (maxlen)"))
        #expect(letter.attempts == 2)
        #expect(letter.diedAt >= before && letter.diedAt <= Date.now.iso8601)
    }

    @Test func `a message that says nothing of itself is recorded too`() async throws {
        let letter = try await recorded(WireMessage(id: nil, type: nil, body: [0, 255, 1]))
        #expect((letter.jobID, letter.type, letter.subject) == ("", "", ""))
        #expect(letter.reason.contains("does not say why"))
        #expect(letter.attempts == 0)
        #expect(letter.body == Data([0, 255, 1]))
    }

    @Test func `a huge message is kept up to a bound, and says so`() async throws {
        let body = [UInt8](repeating: 7, count: (1 << 20) + 5)
        let letter = try await recorded(WireMessage(id: "big", type: nil, body: body))
        #expect(letter.body.count == 1 << 20)
        #expect(letter.reason.contains("1048581 bytes"))
    }

    /// The acknowledgement is lost, the connection with it. Seen red with the twins of letters without id or time of
    /// death recorded as they came.
    @Test(arguments: 0..<5) func `a letter that is delivered twice is recorded once`(_ sample: Int) async throws {
        try await OperationsHouse.with { house async throws in
            let broker = WatchedBroker(house.memory, losing: 1)
            try await house.whileRecording(from: broker) {
                try await bury([Self.messages[sample]], in: house)
                _ = try await broker.lost.next("the lost acknowledgement")
                house.memory.cut()
                _ = try await broker.acknowledged.next("the second delivery's acknowledgement")
            }
            #expect(try await house.letters().count == 1)
            #expect(try await house.memory.depth(of: Self.queue.deadLetterQueue) == QueueDepth(ready: 0, consumers: 0))
        }
    }

    /// Seen red with letters known by queue, job and time alone.
    @Test func `letters that differ in their bodies only are recorded apart`() async throws {
        try await OperationsHouse.with { house async throws in
            let messages = (0..<5).map { number in
                WireMessage(
                    id: nil, type: nil, headers: [HeaderName.deadAt: .string("2026-11-24T05:00:00.000Z")],
                    body: [UInt8(number)])
            }
            try await record(messages, house)
            let letters = try await house.letters()
            #expect(letters.map { Array($0.body) } == (0..<5).map { [UInt8($0)] })
            #expect(Set(letters.map(\.diedAt)).count == 5)
            #expect(letters.allSatisfy { $0.diedAt.hasPrefix("2026-11-24T05:00:00.000") && $0.diedAt.hasSuffix("Z") })
        }
    }

    /// Seen red with the acknowledgement sent before the catalog has the letter.
    @Test func `a letter stays in hand until the catalog takes it`() async throws {
        try await OperationsHouse.with { house async throws in
            let broker = WatchedBroker(house.memory)
            let catalog = BusyCatalog(house.catalog, refusing: 3)
            try await house.whileRecording(from: broker, to: catalog) {
                try await bury([Self.ours], in: house)
                for _ in 0..<3 { _ = try await catalog.refused.next("a refused write") }
                _ = try await broker.acknowledged.next("the acknowledgement")
                #expect(try await house.letters().count == 1)
            }
        }
    }

    @Test func `a letter that the catalog cannot take at shutdown stays with the broker`() async throws {
        try await OperationsHouse.with { house async throws in
            let catalog = BusyCatalog(house.catalog, refusing: .max)
            try await house.whileRecording(from: house.memory, to: catalog) {
                try await bury([Self.ours], in: house)
                _ = try await catalog.refused.next("a refused write")
            }
            #expect(try await house.letters().isEmpty)
            house.memory.cut()
            #expect(try await house.memory.depth(of: Self.queue.deadLetterQueue)?.ready == 1)
        }
    }

    @Test(arguments: WorkQueue.allCases) func `the letters of every queue are recorded`(_ queue: WorkQueue) async throws
    {
        try await OperationsHouse.with { house async throws in
            try await record([Self.ours], house, from: queue)
            #expect(try await house.letters().map(\.queue) == [queue.rawValue])
        }
    }

    @Test func `a recorded job waits no longer, and runs again once its letter is replayed`() async throws {
        try await OperationsHouse.with { house async throws in
            try await house.ask("job-1")
            try await house.relay()
            try await record([Self.ours], house)
            #expect(try await house.catalog.isApplied("job-1"))
            _ = try await house.service.replay(1, by: house.admin)
            try await house.relay()
            let subscription = try await house.memory.subscribe(to: Self.queue.rawValue, prefetch: 9)
            let ids = try await within(.seconds(20), "the job, twice") {
                var ids: [String?] = []
                for try await delivery in subscription.deliveries {
                    ids.append(delivery.message.id)
                    if ids.count == 2 { subscription.cancel() }
                }
                return ids
            }
            #expect(ids == ["job-1", "job-1"], "as it was asked for first, and as it was asked for again")
            #expect(try await house.catalog.isApplied("job-1") == false)
        }
    }

    @Test(arguments: ["delivery_limit", "expired"])
    func `a job that the broker gave up goes back to be abandoned, once`(_ reason: String) async throws {
        try await OperationsHouse.with { house async throws in
            var message = Self.buriedByBroker
            message.headers[HeaderName.firstDeathReason] = .string(reason)
            try await record([message], house)
            #expect(try await house.letters().isEmpty)
            let queue = try await house.memory.subscribe(to: Self.queue.rawValue, prefetch: 1)
            var again = try #require(try await queue.deliveries.first { _ in true }).message
            queue.cancel()
            #expect(again.integer(HeaderName.attempts) == Int64(RetryPolicy.mostAttempts - 1))
            again.headers[HeaderName.firstDeathReason] = .string("delivery_limit")
            try await record([again], house)
            #expect(try await house.letters().count == 1)
        }
    }

    /// Records one message and returns its letter.
    private func recorded(_ message: WireMessage) async throws -> DeadLetter {
        var letter: DeadLetter?
        try await OperationsHouse.with { house async throws in
            try await record([message], house)
            letter = try await house.letters().first
        }
        return try #require(letter)
    }

    /// Buries messages and returns when all are acknowledged.
    private func record(
        _ messages: [WireMessage], _ house: OperationsHouse, from queue: WorkQueue = queue
    ) async throws {
        let broker = WatchedBroker(house.memory)
        try await house.whileRecording(from: broker) {
            try await bury(messages, in: house, from: queue)
            for _ in messages { _ = try await broker.acknowledged.next("an acknowledgement") }
        }
    }

    private func bury(
        _ messages: [WireMessage], in house: OperationsHouse, from queue: WorkQueue = queue
    ) async throws {
        try await house.memory.publish(
            messages.map { OutboundMessage(exchange: Topology.dead, routingKey: queue.rawValue, message: $0) })
    }
}
