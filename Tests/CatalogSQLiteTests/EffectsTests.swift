import Catalog
import CatalogSQLite
import Domain
import Foundation
import Jobs
import Testing

struct EffectsTests {
    @Test func `a job is asked for once, however often`() async throws {
        try await CatalogHouse.with { house in
            let request = try JobRequest(
                id: "job-1", RegenerateSnapshotJob(territoryID: "T1", version: 3), about: .territory("T1"),
                interactive: true, traceparent: "00-a-b-01")
            for _ in 0..<3 { try await house.catalog.write { try $0.enqueue(request) } }
            let entries = try await house.catalog.dueEntries(limit: 10)
            #expect(entries.map(\.content) == [.job(request)])
            try await house.catalog.remove(entries.map(\.id))
            try await house.catalog.write { try $0.enqueue(request) }
            #expect(try await house.catalog.dueEntries(limit: 10).isEmpty)
        }
    }

    @Test func `each subject has its own sequence without holes`() async throws {
        try await CatalogHouse.with { house in
            for number in 1...3 {
                try await tell(house, .importSession("a"), number)
                try await tell(house, .importSession("b"), number * 10)
            }
            let events = try await house.catalog.dueEntries(limit: 100).compactMap { entry in
                if case .event(let event) = entry.content { event } else { nil }
            }
            #expect(events.filter { $0.subject == "import:a" }.map(\.sequence) == [1, 2, 3])
            #expect(events.filter { $0.subject == "import:b" }.map(\.sequence) == [1, 2, 3])
            #expect(Set(events.map(\.id)).count == 6)
            #expect(events.allSatisfy { $0.type == .importProgress && !$0.time.isEmpty })
            let state = try await house.catalog.read { try $0.state(of: .importSession("b")) }
            #expect(
                state
                    == SubjectState(
                        subject: "import:b", sequence: 3, type: .importProgress, data: Data(#"{"number":30}"#.utf8)))
            #expect(try await house.catalog.read { try $0.state(of: .queues) } == nil)
        }
    }

    @Test func `a number that a failed transaction took is given again`() async throws {
        struct Stop: Error {}
        try await CatalogHouse.with { house in
            try await tell(house, .queues, 1)
            await #expect(throws: Stop.self) {
                try await house.catalog.write { writer in
                    try writer.tell(.queuesChanged, about: .queues, state: 2, traceparent: nil)
                    throw Stop()
                }
            }
            try await tell(house, .queues, 3)
            #expect(try await house.catalog.read { try $0.state(of: .queues)?.sequence } == 2)
            #expect(try await house.catalog.dueEntries(limit: 10).count == 2)
        }
    }

    @Test func `the mark of an effect is written once`() async throws {
        try await CatalogHouse.with { house in
            try await ask(house, "job-1")
            #expect(try await house.catalog.isApplied("job-1") == false)
            #expect(try await house.catalog.write { try $0.markApplied("job-1") })
            #expect(try await house.catalog.write { try $0.markApplied("job-1") } == false)
            #expect(try await house.catalog.isApplied("job-1"))
            #expect(try await house.catalog.isApplied("never-asked") == false)
        }
    }

    @Test func `pending jobs are counted by queue until their effect is there`() async throws {
        try await CatalogHouse.with { house in
            for number in 0..<3 { try await ask(house, "job-\(number)") }
            let first = try await house.catalog.dueEntries(limit: 1)
            try await house.catalog.remove(first.map(\.id))
            let pending = try await house.catalog.read { try $0.pendingJobs() }
            #expect(pending.map(\.queue) == [WorkQueue.importResolve.rawValue])
            #expect(pending.first?.count == 3)
            #expect(pending.first?.unpublished == 2)
            let age = try #require(pending.first?.oldestSeconds)
            #expect(age >= 0 && age < 60)
            for number in 0..<3 {
                #expect(try await house.catalog.write { try $0.markApplied("job-\(number)") })
            }
            #expect(try await house.catalog.read { try $0.pendingJobs() } == [])
        }
    }

    private func ask(_ house: CatalogHouse, _ id: String) async throws {
        try await house.catalog.write { writer in
            try writer.enqueue(JobRequest(id: id, ResolveJob(sessionID: "s1"), about: .importSession("s1")))
        }
    }

    private func tell(_ house: CatalogHouse, _ topic: Topic, _ number: Int) async throws {
        try await house.catalog.write { writer in
            try writer.tell(.importProgress, about: topic, state: ["number": number], traceparent: nil)
        }
    }
}
