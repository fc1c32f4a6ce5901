import Catalog
import CatalogSQLite
import Domain
import Foundation
import Jobs
import JobsConformance
import TestSupport
import Testing

/// The relay between a real catalog file and the in-memory broker.
@Suite(.timeLimit(.minutes(1)))
struct OutboxRelayTests {
    @Test func `entries are published in the order in which they were written`() async throws {
        try await RelayHouse.with { house in
            let wanted = (0..<1200).map { "job-\($0)" }
            try await house.ask(wanted)
            try await house.whileRelaying {
                let inbox = Inbox(
                    try await house.memory.subscribe(to: WorkQueue.importResolve.rawValue, prefetch: 2000))
                #expect(try await inbox.take(1200).map(\.message.id) == wanted)
            }
            #expect(try await house.catalog.dueEntries(limit: 1).isEmpty)
        }
    }

    @Test func `nothing is lost when publishing fails, before or after the broker has it`() async throws {
        let faults: [ObservedBroker.Fault] = [.before, .after, .before, .after, .after]
        try await RelayHouse.with(failing: faults) { house in
            let wanted = (0..<20).map { "job-\($0)" }
            try await house.ask(wanted)
            try await house.whileRelaying {
                for _ in wanted { _ = try await house.broker.published.next("a confirmed publish") }
            }
            #expect(try await house.catalog.dueEntries(limit: 1).isEmpty)
            let depth = try await house.memory.depth(of: WorkQueue.importResolve.rawValue)?.ready ?? 0
            #expect(depth == 80, "three of the faults came after the broker had the messages")
            let inbox = Inbox(
                try await house.memory.subscribe(to: WorkQueue.importResolve.rawValue, prefetch: 100))
            #expect(Set(try await inbox.take(depth).compactMap(\.message.id)) == Set(wanted))
        }
    }

    @Test func `what is written while the relay waits is published at once`() async throws {
        try await RelayHouse.with { house in
            try await house.whileRelaying {
                try await house.ask(["job-1"])
                #expect(try await house.broker.published.next("the first").message.id == "job-1")
                let start = ContinuousClock.now
                try await house.ask(["job-2"])
                #expect(try await house.broker.published.next("the second").message.id == "job-2")
                #expect(ContinuousClock.now - start < .seconds(2), "the nudge came, not the sweep")
            }
        }
    }

    @Test func `an entry that no queue takes is put off while its neighbours pass, and comes later`() async throws {
        try await RelayHouse.with { house in
            house.memory.deleteQueue(WorkQueue.importMerge.rawValue)
            try await house.ask(["before"])
            try await house.catalog.write { writer in
                try writer.enqueue(JobRequest(id: "stuck", MergeJob(sessionID: "s"), about: .importSession("s")))
            }
            try await house.ask(["after"])
            try await house.whileRelaying {
                let inbox = Inbox(
                    try await house.memory.subscribe(to: WorkQueue.importResolve.rawValue, prefetch: 10))
                var arrived: [String] = []
                while Set(arrived) != ["before", "after"] {
                    arrived.append(try await inbox.next().message.id ?? "")
                }
                house.memory.declare(try .truth)
                let merge = Inbox(
                    try await house.memory.subscribe(to: WorkQueue.importMerge.rawValue, prefetch: 10))
                #expect(try await merge.next().message.id == "stuck")
            }
            #expect(try await house.pending().allSatisfy { $0.unpublished == 0 })
        }
    }

    /// Otherwise it would be tried for ever, and every later event would wait behind it.
    @Test func `what no broker can carry is taken out, a job as a dead letter, and nothing waits behind it`()
        async throws
    {
        try await RelayHouse.with { house in
            let endless = String(repeating: "x", count: 300)
            try await house.catalog.write { writer in
                try writer.tell(.importProgress, about: .importSession(endless), state: ["a": 1], traceparent: nil)
            }
            try await house.ask([endless, "next"])
            try await house.tell(1)
            try await house.whileRelaying {
                let passed = [
                    try await house.broker.published.next("what comes after").message.id,
                    try await house.broker.published.next("what comes after").message.id,
                ]
                #expect(passed.contains("next"))
            }
            #expect(try await house.catalog.dueEntries(limit: 9).isEmpty)
            let letters = try await house.catalog.read { try $0.deadLetters(queue: nil, limit: 9) }
            #expect(letters.map(\.jobID) == [endless])
            #expect(letters.first?.queue == "import.resolve" && letters.first?.reason.contains("255 bytes") == true)
        }
    }

    @Test func `a queue at its bound does not hold up the others`() async throws {
        var topology = try TopologyDefinition.truth
        let merge = try #require(topology.queues.firstIndex { $0.name == WorkQueue.importMerge.rawValue })
        topology.queues[merge].arguments["x-max-length"] = .integer(1)
        try await RelayHouse.with(topology: topology) { house in
            try await house.catalog.write { writer in
                for id in ["merge-1", "merge-2"] {
                    try writer.enqueue(JobRequest(id: id, MergeJob(sessionID: "s"), about: .importSession("s")))
                }
            }
            try await house.ask(["resolve"])
            try await house.whileRelaying {
                let inbox = Inbox(
                    try await house.memory.subscribe(to: WorkQueue.importResolve.rawValue, prefetch: 1))
                #expect(try await inbox.next().message.id == "resolve")
                // The broker stores it with every batch; only a publish that succeeds lets it leave the outbox.
                while try await house.broker.published.next("what is not held up").message.id != "resolve" {}
                let merge = Inbox(
                    try await house.memory.subscribe(to: WorkQueue.importMerge.rawValue, prefetch: 1))
                var ids: Set<String> = []
                while ids != ["merge-1", "merge-2"] {
                    let delivery = try await merge.next()
                    ids.insert(delivery.message.id ?? "")
                    try await delivery.ack()
                }
            }
        }
    }

    @Test func `a second relay waits for the lease and takes over when it is given up`() async throws {
        try await RelayHouse.with { house in
            let secondCatalog = try SQLiteCatalog(path: house.path)
            let second = ObservedBroker(InMemoryBroker(topology: try .truth))
            let relay = OutboxRelay(store: secondCatalog, broker: second, logger: .quiet)
            try await house.whileRelaying {
                try await house.ask(["for-the-first"])
                _ = try await house.broker.published.next("the first relay")
                try await runGracefully(relay) {
                    // The second relay wakes for what its own process writes, and finds the lease held.
                    try await secondCatalog.write { writer in
                        try writer.enqueue(
                            JobRequest(id: "still-first", ResolveJob(sessionID: "s"), about: .importSession("s")))
                    }
                    #expect(try await house.broker.published.next("the first relay").message.id == "still-first")
                }
            }
            try await house.ask(["for-the-second"])
            try await runGracefully(relay) {
                let taken = try await second.published.next("the second relay")
                #expect(taken.message.id == "for-the-second")
            }
            #expect(await second.published.rest().isEmpty, "the first relay left nothing half done")
        }
    }

    @Test func `events carry the log's incarnation, a new one once the log was lost`() async throws {
        try await RelayHouse.with { house in
            try await house.tell(1)
            let first = try await house.relayOneEvent()
            try await house.tell(2)
            let same = try await house.relayOneEvent()
            #expect(same.log == first.log)
            #expect(same.event.sequence == 2)
            house.memory.deleteQueue(Topology.eventLog)
            house.memory.declare(try .truth)
            try await house.tell(3)
            let later = try await house.relayOneEvent()
            #expect(later.log != first.log)
            #expect(later.event.sequence == 3)
            #expect(try await house.catalog.eventLogIncarnation(lost: false) == later.log)
        }
    }

    @Test func `jobs alone do not make the empty log a lost one`() async throws {
        try await RelayHouse.with { house in
            let before = try await house.catalog.eventLogIncarnation(lost: false)
            try await house.ask(["job-1"])
            try await house.whileRelaying { _ = try await house.broker.published.next("the job") }
            try await house.tell(1)
            #expect(try await house.relayOneEvent().log == before)
        }
    }
}
