import Domain
import Foundation
import Jobs
import Testing

struct JobEnvelopeTests {
    @Test(arguments: JobType.allCases, [false, true])
    func `what is sent is what is read`(_ type: JobType, interactive: Bool) throws {
        let request = JobRequest(
            id: "job-1", type: type, subject: "territory:T 1", interactive: interactive,
            traceparent: interactive ? "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" : nil,
            data: Data(#"{"a":1}"#.utf8))
        let outbound = JobEnvelope(request: request, attempts: 4).outbound
        #expect(outbound.exchange == Topology.jobs)
        let queue = try #require(WorkQueue(rawValue: outbound.routingKey))
        let read = try JobEnvelope(outbound.message, from: queue)
        #expect(read.attempts == 4)
        #expect(read.request.id == request.id)
        #expect(read.request.type == type)
        #expect(read.request.subject == request.subject)
        #expect(read.request.traceparent == request.traceparent)
        #expect(read.request.data == request.data)
        // Only snapshots have a queue of their own for people who wait.
        #expect(read.request.interactive == (interactive && type == .regenerateSnapshot))
    }

    @Test func `a job's CloudEvents attributes travel as properties, its subject as a header`() throws {
        let message = try WorkerHouse.envelope("job-1").message
        #expect(message.id == "job-1")
        #expect(message.type == JobType.resolve.rawValue)
        #expect(message.source == "/srto/outbox")
        #expect(message.headers == ["cloudEvents:subject": .string("import:s1")])
    }

    @Test(arguments: [
        (WireMessage(id: nil, type: "t", body: []), EnvelopeError.missing("message id")),
        (WireMessage(id: "", type: "t", body: []), .missing("message id")),
        (WireMessage(id: "x", type: nil, body: []), .missing("type")),
        (WireMessage(id: "x", type: "t", body: []), .unknownType("t")),
        (
            WireMessage(id: "x", type: JobType.resolve.rawValue, body: []),
            .misrouted(type: JobType.resolve.rawValue, queue: "import.merge")
        ),
    ])
    func refuses(_ message: WireMessage, with wanted: EnvelopeError) {
        #expect(throws: wanted) { try JobEnvelope(message, from: .importMerge) }
    }

    @Test(arguments: [Int64.min, -1, 0, 10, .max])
    func `any number of attempts can be read and added to`(_ number: Int64) throws {
        var message = try WorkerHouse.envelope("job").message
        message.headers[HeaderName.attempts] = .integer(number)
        let attempts = try JobEnvelope(message, from: .importResolve).attempts
        #expect(attempts == Int(min(max(0, number), 10)))
    }

    @Test func `attempts that are no number count as none`() throws {
        var message = try WorkerHouse.envelope("job").message
        message.headers[HeaderName.attempts] = .string("7")
        #expect(try JobEnvelope(message, from: .importResolve).attempts == 0)
    }
}

struct EventEnvelopeTests {
    static let event = DomainEvent(
        id: "import:s1#7", type: .importProgress, subject: "import:s1", sequence: 7, time: "2026-11-24T04:00:00.000Z",
        traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", data: Data("{}".utf8))

    @Test func `what is sent is what is read`() throws {
        let outbound = EventEnvelope(event: Self.event, log: "abc").outbound
        #expect(outbound.exchange == Topology.events)
        #expect(outbound.routingKey == EventType.importProgress.rawValue)
        #expect(try EventEnvelope(outbound.message) == EventEnvelope(event: Self.event, log: "abc"))
    }

    @Test(arguments: [
        (HeaderName.subject, "subject"), (HeaderName.sequence, "sequence"), (HeaderName.log, "log incarnation"),
    ])
    func refuses(without header: String, naming what: String) {
        var message = EventEnvelope(event: Self.event, log: "abc").outbound.message
        message.headers[header] = nil
        #expect(throws: EnvelopeError.missing(what)) { try EventEnvelope(message) }
    }

    @Test func `refuses a message without id, without type and of an unknown type`() {
        var message = EventEnvelope(event: Self.event, log: "abc").outbound.message
        message.type = "io.stranger.v1"
        #expect(throws: EnvelopeError.unknownType("io.stranger.v1")) { try EventEnvelope(message) }
        message.type = nil
        #expect(throws: EnvelopeError.missing("type")) { try EventEnvelope(message) }
        message.id = nil
        #expect(throws: EnvelopeError.missing("message id")) { try EventEnvelope(message) }
    }
}
