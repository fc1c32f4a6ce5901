import Catalog
import CatalogSQLite
import Domain
import Foundation
import Jobs
import Testing

@Suite(.timeLimit(.minutes(1)))
struct LeaseTests {
    @Test func `one holder at a time, until its time is over or it gives up`() async throws {
        try await CatalogHouse.with { house in
            let catalog = house.catalog
            try await ask(catalog)
            #expect(try await catalog.lease("job-1", to: "a", seconds: 60))
            #expect(try await catalog.lease("job-1", to: "a", seconds: 60), "renewed")
            #expect(try await catalog.lease("job-1", to: "b", seconds: 60) == false)
            #expect(try await catalog.standing(of: "job-1") == .leased)
            try await catalog.endLease(of: "job-1", by: "b")
            #expect(try await catalog.standing(of: "job-1") == .leased)
            try await catalog.endLease(of: "job-1", by: "a")
            #expect(try await catalog.standing(of: "job-1") == .open(checkpoint: nil))
            #expect(try await catalog.lease("job-1", to: "b", seconds: -1))
            #expect(try await catalog.standing(of: "job-1") == .open(checkpoint: nil), "its time is over")
            #expect(try await catalog.lease("job-1", to: "c", seconds: 60))
        }
    }

    @Test func `a checkpoint is kept for the next run, and not from one that was taken over`() async throws {
        try await CatalogHouse.with { house in
            let catalog = house.catalog
            try await ask(catalog)
            try await catalog.save(checkpoint: Data("one".utf8), of: "job-1", by: "a")
            #expect(try await catalog.standing(of: "job-1") == .open(checkpoint: Data("one".utf8)))
            #expect(try await catalog.lease("job-1", to: "b", seconds: 60))
            await #expect(throws: LeaseLost.self) {
                try await catalog.save(checkpoint: Data("late".utf8), of: "job-1", by: "a")
            }
            try await catalog.save(checkpoint: Data("two".utf8), of: "job-1", by: "b")
            try await catalog.endLease(of: "job-1", by: "b")
            #expect(try await catalog.standing(of: "job-1") == .open(checkpoint: Data("two".utf8)))
        }
    }

    @Test func `a job that had its effect has no lease`() async throws {
        try await CatalogHouse.with { house in
            let catalog = house.catalog
            try await ask(catalog)
            _ = try await catalog.write { try $0.markApplied("job-1") }
            #expect(try await catalog.lease("job-1", to: "a", seconds: 60) == false)
            #expect(try await catalog.standing(of: "job-1") == .applied)
            #expect(try await catalog.standing(of: "never asked") == .open(checkpoint: nil))
        }
    }

    private func ask(_ catalog: SQLiteCatalog) async throws {
        try await catalog.write { writer in
            try writer.enqueue(JobRequest(id: "job-1", ResolveJob(sessionID: "s"), about: .importSession("s")))
        }
    }
}
