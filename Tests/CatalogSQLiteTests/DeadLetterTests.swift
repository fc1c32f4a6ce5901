import Catalog
import CatalogSQLite
import Domain
import Foundation
import Jobs
import Testing

struct DeadLetterTests {
    @Test func `a dead letter is recorded once, and its job waits no longer`() async throws {
        try await CatalogHouse.with { house in
            try await ask(house)
            for _ in 0..<2 { try await house.catalog.write { try $0.record(Self.letter()) } }
            var wanted = Self.letter()
            wanted.id = 1
            #expect(try await house.catalog.read { try $0.deadLetters(queue: nil, limit: 10) } == [wanted])
            #expect(try await house.catalog.read { try $0.deadLetter(1) } == wanted)
            #expect(try await house.catalog.read { try $0.deadLetter(2) } == nil)
            #expect(try await house.catalog.isApplied("job-1"))
        }
    }

    @Test func `dead letters are listed newest first, by queue, and counted`() async throws {
        try await CatalogHouse.with { house in
            try await house.catalog.write { writer in
                for number in 0..<3 { try writer.record(Self.letter(job: "job-\(number)")) }
                try writer.record(Self.letter(queue: .importMerge, job: ""))
            }
            try await house.catalog.read { reader throws in
                let resolve = WorkQueue.importResolve.rawValue
                let merge = WorkQueue.importMerge.rawValue
                #expect(try reader.deadLetters(queue: nil, limit: 2).map(\.jobID) == ["", "job-2"])
                #expect(try reader.deadLetters(queue: resolve, limit: 9).map(\.jobID) == ["job-2", "job-1", "job-0"])
                #expect(try reader.deadLetterCounts() == [resolve: 3, merge: 1])
            }
        }
    }

    @Test func `a replayed letter is listed no more, and its job is asked for again`() async throws {
        try await CatalogHouse.with { house in
            try await ask(house)
            try await house.catalog.remove(try await house.catalog.dueEntries(limit: 10).map(\.id))
            try await house.catalog.write { try $0.record(Self.letter()) }
            try await replay(house, at: "2026-11-24T06:00:00.000Z")
            #expect(try await house.catalog.read { try $0.deadLetters(queue: nil, limit: 10) } == [])
            #expect(try await house.catalog.read { try $0.deadLetterCounts() } == [:])
            #expect(
                try await house.catalog.read { try $0.deadLetter(1)?.replayedAt } == "2026-11-24T06:00:00.000Z")
            #expect(try await house.catalog.isApplied("job-1") == false)
            #expect(try await house.catalog.dueEntries(limit: 10).map(\.content) == [.job(try Self.request())])
            try await house.catalog.write { try $0.markReplayed(1, at: "2027-01-01T00:00:00.000Z") }
            #expect(
                try await house.catalog.read { try $0.deadLetter(1)?.replayedAt } == "2026-11-24T06:00:00.000Z")
        }
    }

    /// The recorder died between recording and ack; meanwhile somebody replayed the letter.
    @Test func `a letter that comes again after its replay does not take the job's chance`() async throws {
        try await CatalogHouse.with { house in
            try await ask(house)
            try await house.catalog.write { try $0.record(Self.letter()) }
            try await replay(house, at: "2026-11-24T06:00:00.000Z")
            try await house.catalog.write { try $0.record(Self.letter()) }
            #expect(try await house.catalog.isApplied("job-1") == false)
        }
    }

    @Test func `a job that dies again after its replay is a letter of its own`() async throws {
        try await CatalogHouse.with { house in
            try await ask(house)
            try await house.catalog.write { try $0.record(Self.letter()) }
            try await replay(house, at: "2026-11-24T06:00:00.000Z")
            try await house.catalog.write { try $0.record(Self.letter(at: "2026-11-24T07:00:00.000Z")) }
            #expect(try await house.catalog.read { try $0.deadLetters(queue: nil, limit: 10).map(\.id) } == [2])
            #expect(try await house.catalog.isApplied("job-1"))
        }
    }

    @Test func `a job that the catalog never knew cannot be asked for again`() async throws {
        try await CatalogHouse.with { house in
            await #expect(throws: CatalogError.self) {
                try await house.catalog.write { try $0.reopen(jobID: "stranger", queue: "import.resolve") }
            }
        }
    }

    private static func letter(
        queue: WorkQueue = .importResolve, job: String = "job-1", at instant: String = "2026-11-24T05:00:00.000Z"
    ) -> DeadLetter {
        DeadLetter(
            queue: queue.rawValue, jobID: job, type: JobType.resolve.rawValue, subject: "import:s1",
            reason: "tried 9 times", attempts: 9, traceparent: "00-a-b-01", diedAt: instant, body: Data([0, 1, 255]))
    }

    private static func request() throws -> JobRequest {
        try JobRequest(id: "job-1", ResolveJob(sessionID: "s1"), about: .importSession("s1"))
    }

    private func ask(_ house: CatalogHouse) async throws {
        try await house.catalog.write { try $0.enqueue(Self.request()) }
    }

    private func replay(_ house: CatalogHouse, at instant: String) async throws {
        try await house.catalog.write { writer in
            try writer.markReplayed(1, at: instant)
            try writer.reopen(jobID: "job-1", queue: WorkQueue.importResolve.rawValue)
        }
    }
}
