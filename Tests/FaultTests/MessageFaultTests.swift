import AMQP
import Domain
import Foundation
import Jobs
import TestSupport
import Testing

/// Messages that come twice, in another order, from nowhere, or find nobody.
@Suite("Messages go astray", .serialized, .timeLimit(.minutes(6)))
struct MessageFaultTests {
    /// Seen red with the marks of jobs not looked at before they are run: nothing was dropped.
    @Test("fault 18: every chunk is delivered twice, and the join fires once")
    func chunksTwice() async throws {
        try await FaultyHouse.with { house in
            try await house.running { server in
                let tap = try await house.watch.tap(.importValidateChunk)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await house.watch.publishAgain(what: tap) }
                    try await house.importSurvives({}, at: server)
                    await tap.cancel()
                    try await group.waitForAll()
                }
                let metrics = try await server.get("/metrics")
                let dropped = metrics.split(separator: "\n").first {
                    $0.hasPrefix(#"srto_jobs_duplicates_total{queue="import.validate-chunk"}"#)
                }
                let count = try #require(dropped?.split(separator: " ").last.flatMap { Double($0) })
                #expect(count > 5)
            }
        }
    }

    @Test("fault 10: poison among the chunks is put aside with its reason, and its neighbours are not harmed")
    func poison() async throws {
        try await FaultyHouse.with { house in
            try await house.running { server in
                try await house.importSurvives(
                    {
                        for (id, body) in [("poison-1", "{"), ("poison-2", #"{"sessionID": "imp_none"}"#)] {
                            try await house.watch.client.publish(
                                AMQPMessage(
                                    exchange: Topology.jobs, routingKey: WorkQueue.importValidateChunk.rawValue,
                                    body: Array(body.utf8), properties: AMQPProperties(messageID: id)))
                        }
                        try await eventually("both dead letters", within: .seconds(30)) {
                            let letters = try await server.run(["dead", "list", "--json"])
                            return letters.output.contains("poison-1") && letters.output.contains("poison-2")
                        }
                    }, at: server)
            }
        }
    }

    @Test("fault 15: events that come again, in any order, turn no client's progress back and end nothing twice")
    func eventsAgain() async throws {
        try await FaultyHouse.with { house in
            try await house.running { server in
                let seen = Signals<[String]>()
                try await house.importSurvives(
                    {
                        let first = try await house.event("the first event") { _ in true }
                        async let lines = server.follow(["watch", first.event.subject, "queues", "--json"]) { line in
                            line.contains(Self.sentinel)
                        }
                        try await house.watch.repeatEvents(of: first.event.subject)
                        try await house.watch.broker.publish([Self.last(in: first.log).outbound])
                        seen.send(try await lines)
                    }, at: server)
                let updates = try await seen.next("what the client saw").compactMap(Update.init).filter {
                    $0.topic != "queues"
                }
                #expect(zip(updates, updates.dropFirst()).allSatisfy { $0.sequence < $1.sequence })
                #expect(updates.count { $0.event == EventType.importFinished.rawValue } == 1)
            }
        }
    }

    private static let sentinel = #""sequence":1000000"#

    /// A queue's event that a client hears after everything that was published before it.
    private static func last(in log: String) -> EventEnvelope {
        EventEnvelope(
            event: DomainEvent(
                id: "last", type: .queuesChanged, subject: Topic.queues.description, sequence: 1_000_000,
                time: "2026-01-01T00:00:00Z", traceparent: nil, data: Data(#"{"queues": []}"#.utf8)),
            log: log)
    }

    /// A line of `srto watch --json` that tells a state or an event.
    private struct Update: Decodable {
        var topic: String
        var sequence: Int
        var event: String

        init?(_ line: String) {
            do { self = try JSONDecoder().decode(Update.self, from: Data(line.utf8)) } catch { return nil }
        }
    }

    @Test("fault 19: a job that no queue takes is told of, waits, and goes on when one does")
    func unroutable() async throws {
        try await FaultyHouse.with { house in
            try await house.running("front", FaultyHouse.front) { server in
                try await house.importSurvives(
                    {
                        // The keeper binds it again after seconds: for as long as it takes the relay to meet it unbound.
                        try await eventually("a returned message") {
                            try await house.watch.client.unbindQueue(
                                WorkQueue.importValidateSchema.rawValue, exchange: Topology.jobs,
                                routingKey: WorkQueue.importValidateSchema.rawValue)
                            return await server.logText.contains("312 NO_ROUTE")
                        }
                        #expect(try await !server.get("/metrics").contains("srto_broker_returned_total 0\n"))
                        try await house.running("work", FaultyHouse.work) { _ in
                            try await house.event("the end of the import") { $0.type == .importFinished }
                            try await house.snapshotsSettle(at: server)
                        }
                    }, at: server)
            }
        }
    }
}
