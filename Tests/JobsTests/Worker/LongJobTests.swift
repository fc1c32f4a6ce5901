import Domain
import Foundation
import Jobs
import JobsConformance
import TestSupport
import Testing

/// Jobs that take longer than a broker waits for an ack. Seen red in the simulation with the message kept (planted bug
/// `longJobsKept`).
@Suite(.timeLimit(.minutes(1)))
struct LongJobTests {
    private static let short = LeaseTerms(handOnAfter: .milliseconds(40), lease: .seconds(3))

    @Test func `a long job's message is handed on, waits while the job runs, and is dropped after its effect`()
        async throws
    {
        let end = Signals<Void>()
        let house = try WorkerHouse { _ in
            try await end.next("the end")
            return .done
        }
        try await house.ask("job-1")
        try await house.whileWorking(terms: Self.short) {
            let handedOn = try await house.broker.published.next("the message again")
            #expect(handedOn.exchange == DelayQueue.fiveSeconds.rawValue)
            #expect(handedOn.message.integer(HeaderName.attempts) == 1)
            try await house.acknowledged()
            house.clock.advance(by: .seconds(5))
            let putOff = try await house.broker.published.next("the message, put off")
            #expect(putOff.message.integer(HeaderName.attempts) == 1, "waiting is no attempt")
            house.ledger.mark("job-1")
            end.send(())
            try await house.duplicateDropped()
        }
        #expect(try await house.left() == 0)
        #expect(await house.handler.handled.rest().count == 1)
    }

    @Test func `a long job leaves its place to the next one when its message is handed on`() async throws {
        // Waits longer than the test does for the job behind it.
        let (ends, end) = AsyncStream.makeStream(of: Void.self)
        let house = try WorkerHouse { job in
            if job.id == "job-1" { for await _ in ends { break } }
            return .done
        }
        for id in ["job-1", "job-2"] { try await house.ask(id) }
        try await house.whileWorking(concurrency: 1, terms: Self.short) {
            _ = try await house.handler.handled.next("the long job")
            let next = try await house.handler.handled.next("the one behind it")
            #expect(next.id == "job-2")
            house.ledger.mark("job-1")
            end.yield()
        }
        #expect(try await house.left() == 0)
    }

    @Test func `a long job that fails is tried again by the message that was handed on, and by no other`() async throws
    {
        let end = Signals<Void>()
        let house = try WorkerHouse { job in
            if job.attempt > 1 { return .done }
            try await end.next("the end")
            return .retry(reason: "not yet")
        }
        try await house.ask("job-1")
        try await house.whileWorking(terms: Self.short) {
            _ = try await house.handler.handled.next("attempt 1")
            _ = try await house.broker.published.next("the message again")
            end.send(())
            try await house.leaseEnds()
            house.clock.advance(by: .seconds(5))
            #expect(try await house.handler.handled.next("attempt 2").attempt == 2)
        }
        #expect(try await house.left() == 0)
        #expect(await house.broker.published.rest().isEmpty)
    }

    @Test func `when its worker has died, the next one begins at the checkpoint`() async throws {
        let house = try WorkerHouse { job in
            if job.checkpoint == nil {
                try await job.save(checkpoint: Data("half".utf8))
                return .retry(reason: "died")
            }
            return .done
        }
        try await house.ask("job-1")
        try await house.whileWorking {
            _ = try await house.handler.handled.next("attempt 1")
            _ = try await house.broker.published.next("the retry")
            house.clock.advance(by: .seconds(60))
            #expect(try await house.handler.handled.next("attempt 2").checkpoint == Data("half".utf8))
        }
    }

    @Test func `a job that another worker has taken over ends here`() async throws {
        let house = try WorkerHouse { _ in
            try await ContinuousClock().sleep(for: .seconds(60))
            return .done
        }
        try await house.ask("job-1")
        try await house.whileWorking(terms: Self.short) {
            _ = try await house.handler.handled.next("the job")
            _ = try await house.broker.published.next("the message again")
            try await eventually("the lease") { try await house.ledger.standing(of: "job-1") == .leased }
            house.ledger.endLease(of: "job-1")
            _ = try await house.ledger.lease("job-1", to: "another", seconds: 60)
            // Its handler sleeps for a minute: the worker's end below would wait for it.
        }
        #expect(try await house.ledger.standing(of: "job-1") == .leased, "the other's lease is left alone")
    }

    @Test func `what keeps the message from being handed on leaves the delivery as it is`() async throws {
        let end = Signals<Void>()
        let house = try WorkerHouse(failing: [.before, .before]) { _ in
            try await end.next("the end")
            return .done
        }
        try await house.ask("job-1")
        try await house.whileWorking(terms: Self.short) {
            _ = try await house.broker.published.next("the message again, at the third try")
            end.send(())
            house.ledger.mark("job-1")
            try await house.acknowledged()
        }
        #expect(await house.handler.handled.rest().count == 1)
    }
}

extension WorkerHouse {
    fileprivate func leaseEnds() async throws {
        try await eventually("the lease's end") { try await ledger.standing(of: "job-1") != .leased }
    }

    fileprivate func duplicateDropped() async throws {
        try await eventually("the second message's being dropped") {
            // Until its job has ended here, it is put off again.
            clock.advance(by: .seconds(5))
            return try metrics.expectCounter(
                JobMetrics.Name.duplicates.rawValue, [("queue", WorkQueue.importResolve.rawValue)]
            ).totalValue == 1
        }
    }
}
