import Domain
import Jobs
import JobsConformance
import TestSupport
import Testing

/// What people ask of a running worker.
@Suite(.timeLimit(.minutes(1)))
struct WorkerControlTests {
    /// Seen red with the switches on from the start.
    @Test func `a paused queue keeps its jobs, and goes on at the signal`() async throws {
        let house = try WorkerHouse()
        house.ledger.setPaused([.importResolve])
        try await house.ask("job-1")
        try await house.whileWorking {
            let looks = try await house.ledger.looks.next("the first look")
            #expect(looks == [.importResolve])
            #expect(try await house.memory.depth(of: WorkQueue.importResolve.rawValue)?.ready == 1)
            house.ledger.setPaused([])
            try await ControlSignal(broker: house.memory).lookAgain()
            #expect(try await house.handler.handled.next("the job").id == "job-1")
        }
        #expect(try await house.left() == 0)
    }

    @Test func `a pause lets the job in hand finish and takes no other`() async throws {
        let gate = Signals<Void>()
        let house = try WorkerHouse { _ in
            try await gate.next("leave to finish")
            return .done
        }
        for id in ["job-1", "job-2"] { try await house.ask(id) }
        try await house.whileWorking(concurrency: 1) {
            #expect(try await house.handler.handled.next("the first job").id == "job-1")
            house.ledger.setPaused([.importResolve])
            try await ControlSignal(broker: house.memory).lookAgain()
            // The worker has paused when its consumer is gone.
            try await house.consumerLeaves()
            gate.send(())
        }
        #expect(try await house.left() == 1)
        #expect(await house.handler.handled.rest().isEmpty)
    }

    @Test func `a cancelled job ends while it runs, is acknowledged and never comes back`() async throws {
        let house = try WorkerHouse { _ in
            try await Signals<Void>().next("what never comes")
            return .done
        }
        try await house.ask("job-1")
        try await house.whileWorking {
            _ = try await house.handler.handled.next("the job")
            try await house.listens()
            house.ledger.cancel("job-1")
            try await ControlSignal(broker: house.memory).cancel(.importSession("s1"))
            try await house.acknowledged()
        }
        #expect(try await house.left() == 0)
        #expect(await house.broker.published.rest().isEmpty, "neither tried again nor buried")
    }

    /// The task of a cancelled job is cancelled with it.
    @Test func `the only slot of a queue goes on after a cancelled job`() async throws {
        let house = try WorkerHouse { job in
            guard job.id == "job-1" else { return .done }
            try await Signals<Void>().next("what never comes")
            return .done
        }
        for id in ["job-1", "job-2"] { try await house.ask(id) }
        try await house.whileWorking(concurrency: 1) {
            #expect(try await house.handler.handled.next("the first job").id == "job-1")
            try await house.listens()
            house.ledger.cancel("job-1")
            try await ControlSignal(broker: house.memory).lookAgain()
            #expect(try await house.handler.handled.next("the second job").id == "job-2")
        }
        #expect(try await house.left() == 0)
    }

    /// Seen red without the look on a clock.
    @Test func `a signal that is lost costs seconds, not the cancellation`() async throws {
        let house = try WorkerHouse { _ in
            try await Signals<Void>().next("what never comes")
            return .done
        }
        try await house.ask("job-1")
        try await house.whileWorking {
            _ = try await house.handler.handled.next("the job")
            try await house.listens()
            house.ledger.cancel("job-1")
            house.clock.advance(by: .seconds(5))
            try await house.acknowledged()
        }
        #expect(try await house.left() == 0)
    }

    /// The server that cancels may die between its signal and its transaction: then nothing was cancelled. Seen red with
    /// the signal's subject not looked at.
    @Test func `a job that was told to end and not cancelled is tried again`() async throws {
        let house = try WorkerHouse { job in
            guard job.attempt == 1 else { return .done }
            try await Signals<Void>().next("what never comes")
            return .done
        }
        try await house.ask("job-1")
        try await house.whileWorking {
            _ = try await house.handler.handled.next("the job")
            try await house.listens()
            try await ControlSignal(broker: house.memory).cancel(.importSession("s1"))
            let retry = try await house.broker.published.next("the retry")
            #expect(retry.exchange == DelayQueue.oneSecond.rawValue)
            house.clock.advance(by: .seconds(1))
            #expect(try await house.handler.handled.next("the second attempt").attempt == 2)
        }
        #expect(try await house.left() == 0)
    }

    @Test func `a job that was told to end at its last try is not abandoned for it`() async throws {
        let house = try WorkerHouse { _ in
            try await Signals<Void>().next("what never comes")
            return .done
        }
        try await house.ask("job-1", attempts: RetryPolicy.mostAttempts - 2)
        try await house.whileWorking {
            _ = try await house.handler.handled.next("the job")
            try await house.listens()
            try await ControlSignal(broker: house.memory).cancel(.importSession("s1"))
            let retry = try await house.broker.published.next("the retry")
            #expect(retry.exchange == DelayQueue.oneSecond.rawValue)
            #expect(retry.message.integer(HeaderName.attempts) == Int64(RetryPolicy.mostAttempts - 2))
        }
        #expect(await house.handler.abandoned.rest().isEmpty)
    }

    @Test func `jobs about something else run on`() async throws {
        let gate = Signals<Void>()
        let house = try WorkerHouse { _ in
            try await gate.next("leave to finish")
            return .done
        }
        try await house.ask("job-1")
        try await house.whileWorking {
            _ = try await house.handler.handled.next("the job")
            try await house.listens()
            try await ControlSignal(broker: house.memory).cancel(.importSession("s2"))
            gate.send(())
        }
        #expect(try await house.left() == 0)
        #expect(await house.broker.published.rest().isEmpty)
    }

    @Test func `a signal that nobody hears is no error`() async throws {
        let house = try WorkerHouse()
        try await ControlSignal(broker: house.memory).lookAgain()
    }
}
