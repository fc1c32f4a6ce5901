import Catalog
import CatalogSQLite
import Domain
import Foundation
import Jobs
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1)))
struct OutboxStoreTests {
    @Test func `entries are due in the order in which they were written, until removed`() async throws {
        try await CatalogHouse.with { house in
            for number in 0..<5 { try await ask(house.catalog, "job-\(number)") }
            let entries = try await house.catalog.dueEntries(limit: 3)
            #expect(entries.map(Self.jobID) == ["job-0", "job-1", "job-2"])
            try await house.catalog.remove(entries.map(\.id))
            try await house.catalog.remove(entries.map(\.id))
            #expect(try await house.catalog.dueEntries(limit: 9).map(Self.jobID) == ["job-3", "job-4"])
        }
    }

    @Test func `an entry put off lets the later ones pass and is due again`() async throws {
        try await CatalogHouse.with { house in
            for number in 0..<2 { try await ask(house.catalog, "job-\(number)") }
            let first = try #require(try await house.catalog.dueEntries(limit: 1).first)
            try await house.catalog.postpone(first.id, seconds: 600)
            #expect(try await house.catalog.dueEntries(limit: 9).map(Self.jobID) == ["job-1"])
            try await house.catalog.postpone(first.id, seconds: -1)
            #expect(try await house.catalog.dueEntries(limit: 9).map(Self.jobID) == ["job-0", "job-1"])
        }
    }

    /// Seen red without the watch: the wait lasted its whole limit.
    @Test func `what another process commits ends a relay's wait`() async throws {
        try await CatalogHouse.with { house async throws in
            let relay = try SQLiteCatalog(path: house.path)
            #expect(try await relay.holdRelayLease(owner: "relay", seconds: 600))
            // The lease itself was written: that wait ends at once.
            await relay.waitForEntries(atMost: .seconds(1))
            let waited = await ContinuousClock().measure {
                async let waiting: Void = relay.waitForEntries(atMost: .seconds(30))
                do { try await ask(house.catalog, "job-1") } catch { Issue.record("\(error)") }
                await waiting
            }
            #expect(waited < .seconds(10))
            #expect(try await relay.dueEntries(limit: 9).map(Self.jobID) == ["job-1"])
        }
    }

    /// Seen red with later events due.
    @Test func `events after one that was put off wait with it, jobs do not`() async throws {
        try await CatalogHouse.with { house in
            try await house.catalog.write { writer in
                for _ in 0..<3 { try writer.tell(.queuesChanged, about: .queues, state: [1], traceparent: nil) }
            }
            try await ask(house.catalog, "job-1")
            let first = try #require(try await house.catalog.dueEntries(limit: 1).first)
            try await house.catalog.postpone(first.id, seconds: 600)
            #expect(try await house.catalog.dueEntries(limit: 9).map(\.isEvent) == [false])
            try await house.catalog.postpone(first.id, seconds: -1)
            #expect(try await house.catalog.dueEntries(limit: 9).map(\.isEvent) == [true, true, true, false])
        }
    }

    @Test func `one owner holds the lease until it gives it up or lets it end`() async throws {
        try await CatalogHouse.with { house async throws in
            let other = try SQLiteCatalog(path: house.path)
            #expect(try await house.catalog.holdRelayLease(owner: "a", seconds: 600))
            #expect(try await house.catalog.holdRelayLease(owner: "a", seconds: 600))
            #expect(try await other.holdRelayLease(owner: "b", seconds: 600) == false)
            try await other.releaseRelayLease(owner: "b")
            #expect(try await other.holdRelayLease(owner: "b", seconds: 600) == false, "b had none to give up")
            try await house.catalog.releaseRelayLease(owner: "a")
            #expect(try await other.holdRelayLease(owner: "b", seconds: -1))
            #expect(try await house.catalog.holdRelayLease(owner: "a", seconds: 600), "b's lease has ended")
        }
    }

    @Test func `the log is used once an event was published, and new once it was lost`() async throws {
        try await CatalogHouse.with { house in
            let catalog = house.catalog
            let first = try await catalog.eventLogIncarnation(lost: false)
            #expect(!first.isEmpty)
            try await ask(catalog, "job-1")
            try await catalog.remove(try await catalog.dueEntries(limit: 9).map(\.id))
            #expect(try await catalog.eventLogWasUsed() == false, "a job does not go to the log")
            try await catalog.write { try $0.tell(.queuesChanged, about: .queues, state: 1, traceparent: nil) }
            #expect(try await catalog.eventLogWasUsed() == false)
            try await catalog.remove(try await catalog.dueEntries(limit: 9).map(\.id))
            #expect(try await catalog.eventLogWasUsed())
            #expect(try await catalog.eventLogIncarnation(lost: false) == first)
            let second = try await catalog.eventLogIncarnation(lost: true)
            #expect(second != first)
            #expect(try await catalog.eventLogIncarnation(lost: false) == second)
            #expect(try await catalog.eventLogWasUsed() == false)
        }
    }

    @Test func `whoever waits wakes when something was written, all of them, also when it was before`() async throws {
        try await CatalogHouse.with { house in
            let catalog = house.catalog
            try await ask(catalog, "before")
            try await within(.seconds(20), "the wake-up for what was there") {
                await catalog.waitForEntries(atMost: .seconds(600))
            }
            try await within(.seconds(20), "the wake-up of both") {
                // A signal that comes before a wait is kept for one waiter only: signal until both have gone.
                let waits = (0..<2).map { _ in Task { await catalog.waitForEntries(atMost: .seconds(600)) } }
                let signals = Task {
                    var number = 0
                    while !Task.isCancelled {
                        try await ask(catalog, "job-\(number)")
                        number += 1
                    }
                }
                for wait in waits { await wait.value }
                signals.cancel()
                // The last one may have been cut off.
                _ = await signals.result
            }
        }
    }

    @Test func `a wait ends by itself, and when its task is cancelled`() async throws {
        try await CatalogHouse.with { house in
            let catalog = house.catalog
            try await within(.seconds(20), "the end of a short wait") {
                await catalog.waitForEntries(atMost: .milliseconds(5))
            }
            let waits = (0..<3).map { _ in Task { await catalog.waitForEntries(atMost: .seconds(600)) } }
            for wait in waits { wait.cancel() }
            try await within(.seconds(20), "the end of cancelled waits") { for wait in waits { await wait.value } }
        }
    }

    private static func jobID(_ entry: OutboxEntry) -> String? {
        if case .job(let request) = entry.content { request.id } else { nil }
    }

    private func ask(_ catalog: SQLiteCatalog, _ id: String) async throws {
        try await catalog.write { writer in
            try writer.enqueue(JobRequest(id: id, ResolveJob(sessionID: "s1"), about: .importSession("s1")))
        }
    }
}
