import Domain
import Foundation
import Jobs
import JobsConformance
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1)))
struct WorkerTests {
    @Test func `a job that is done is acknowledged`() async throws {
        let house = try WorkerHouse()
        try await house.ask("job-1")
        try await house.whileWorking {
            let job = try await house.handler.handled.next("the job")
            #expect(job.id == "job-1")
            #expect(job.payload == ResolveJob(sessionID: "s1"))
            #expect(job.attempt == 1)
        }
        #expect(try await house.left() == 0)
        #expect(await house.handler.abandoned.rest().isEmpty)
    }

    @Test func `a job to be retried comes back after its delay, one attempt on`() async throws {
        struct Trouble: Error {}
        let house = try WorkerHouse { job in
            switch job.attempt {
            case 1: return .retry(reason: "not yet")
            case 2: throw Trouble()
            default: return .done
            }
        }
        try await house.ask("job-1")
        try await house.whileWorking {
            for attempt in 1...2 {
                #expect(try await house.handler.handled.next("attempt \(attempt)").attempt == attempt)
                let delayed = try await house.broker.published.next("the retry of attempt \(attempt)")
                #expect(DelayQueue(rawValue: delayed.exchange) != nil)
                #expect(delayed.message.integer(HeaderName.attempts) == Int64(attempt))
                house.clock.advance(by: .seconds(60))
            }
            #expect(try await house.handler.handled.next("attempt 3").attempt == 3)
        }
        #expect(try await house.left() == 0)
    }

    @Test func `a hopeless job is abandoned and kept as a dead letter`() async throws {
        let house = try WorkerHouse { _ in .dead(reason: "no such session") }
        try await house.ask("job-1")
        try await house.whileWorking {
            let (job, reason) = try await house.handler.abandoned.next("abandon")
            #expect(job.id == "job-1")
            #expect(reason == "no such session")
        }
        #expect(try await house.left() == 0)
        let letters = try await house.deadLetters()
        #expect(letters.map(\.id) == ["job-1"])
        #expect(letters.first?.text(HeaderName.deadReason) == "no such session")
        #expect(letters.first?.integer(HeaderName.deadAttempts) == 1)
        #expect(letters.first?.text(HeaderName.deadAt)?.isEmpty == false)
        #expect(letters.first?.body == Array(try WorkerHouse.envelope("job-1").request.data))
    }

    @Test func `on its last delivery a job is abandoned unrun`() async throws {
        let house = try WorkerHouse()
        try await house.ask("job-1", attempts: RetryPolicy.mostAttempts - 1)
        try await house.whileWorking {
            let (job, _) = try await house.handler.abandoned.next("abandon")
            #expect(job.attempt == RetryPolicy.mostAttempts)
        }
        #expect(await house.handler.handled.rest().isEmpty)
        #expect(try await house.left() == 0)
        #expect(try await house.deadLetters().count == 1)
    }

    /// Its last worker died between the effect and the ack.
    @Test func `a job that had its effect is not abandoned on its last delivery`() async throws {
        let house = try WorkerHouse()
        house.ledger.mark("job-1")
        try await house.ask("job-1", attempts: RetryPolicy.mostAttempts - 1)
        try await house.ask("job-2")
        try await house.whileWorking(concurrency: 1) { _ = try await house.handler.handled.next("its neighbour") }
        #expect(await house.handler.abandoned.rest().isEmpty)
        #expect(try await house.left() == 0)
        #expect(try await house.deadLetters().isEmpty)
    }

    @Test func `a job that had its effect is acknowledged unrun`() async throws {
        let house = try WorkerHouse()
        house.ledger.mark("job-1")
        try await house.ask("job-1")
        try await house.ask("job-2")
        try await house.whileWorking(concurrency: 1) {
            let neighbour = try await house.handler.handled.next("its neighbour")
            #expect(neighbour.id == "job-2")
        }
        #expect(await house.handler.handled.rest().isEmpty)
        #expect(try await house.left() == 0)
    }

    @Test(arguments: [
        (WireMessage(id: nil, type: nil, body: []), "the message has no message id"),
        (WireMessage(id: "x", type: nil, body: []), "the message has no type"),
        (WireMessage(id: "x", type: "io.stranger.v1", body: []), "no handler knows the type io.stranger.v1"),
        (
            WireMessage(id: "x", type: JobType.merge.rawValue, body: []),
            "type io.srto.import.merge.v1 does not belong in queue import.resolve"
        ),
        (
            WireMessage(id: "x", type: JobType.resolve.rawValue, body: Array("{".utf8)),
            "the payload is not that of io.srto.import.resolve.v1"
        ),
    ])
    func buries(_ stranger: WireMessage, because reason: String) async throws {
        let house = try WorkerHouse()
        try await house.memory.publish([
            OutboundMessage(
                exchange: Topology.jobs, routingKey: WorkQueue.importResolve.rawValue, message: stranger)
        ])
        try await house.ask("job-2")
        try await house.whileWorking(concurrency: 1) {
            let neighbour = try await house.handler.handled.next("its neighbour")
            #expect(neighbour.id == "job-2")
        }
        #expect(try await house.left() == 0)
        let letters = try await house.deadLetters()
        #expect(letters.map { $0.text(HeaderName.deadReason) } == [reason])
        #expect(letters.first?.body == stranger.body)
    }

    @Test func `a huge number of attempts is no reason to crash`() async throws {
        let house = try WorkerHouse()
        var outbound = try WorkerHouse.envelope("job-1").outbound
        outbound.message.headers[HeaderName.attempts] = .integer(.max)
        try await house.memory.publish([outbound])
        try await house.whileWorking { _ = try await house.handler.abandoned.next("abandon") }
        #expect(try await house.deadLetters().count == 1)
    }

    @Test func `shutdown lets the job in hand finish and takes no other`() async throws {
        let gate = Signals<Void>()
        let finished = Signals<String>()
        let house = try WorkerHouse { job in
            _ = try await gate.next("the gate")
            finished.send(job.id)
            return .done
        }
        try await house.ask("job-1")
        try await house.ask("job-2")
        try await house.whileWorking(concurrency: 1) {
            _ = try await house.handler.handled.next("the job")
            // Opens only once the consumer is gone, which is what shutdown does first.
            Task {
                while try await house.memory.depth(of: WorkQueue.importResolve.rawValue)?.consumers != 0 {
                    await Task.yield()
                }
                gate.send(())
            }
        }
        #expect(await finished.rest() == ["job-1"])
        #expect(await house.handler.handled.rest().isEmpty)
        #expect(try await house.left() == 1)
    }

    @Test func `a consumer whose queue is deleted lets its job finish and consumes the new queue`() async throws {
        let gate = Signals<Void>()
        let outcome = Signals<Bool>()
        let house = try WorkerHouse { job in
            if job.id == "job-1" {
                _ = try await gate.next("the gate")
                outcome.send(Task.isCancelled)
            }
            return .done
        }
        try await house.ask("job-1")
        try await house.whileWorking {
            _ = try await house.handler.handled.next("the first job")
            house.memory.deleteQueue(WorkQueue.importResolve.rawValue)
            house.memory.declare(try .truth)
            gate.send(())
            #expect(try await outcome.next("the end of the first job") == false)
            try await house.ask("job-2")
            #expect(try await house.handler.handled.next("the second job").id == "job-2")
        }
        #expect(try await house.left() == 0)
    }

    @Test(arguments: [ObservedBroker.Fault.before, .after])
    func `a retry that is not confirmed is given back`(_ fault: ObservedBroker.Fault) async throws {
        let house = try WorkerHouse(failing: [fault]) { job in job.attempt == 1 ? .retry(reason: "not yet") : .done }
        try await house.ask("job-1")
        try await house.whileWorking {
            let first = try await house.handler.handled.next("the first delivery")
            let second = try await house.handler.handled.next("the redelivery")
            #expect(first.attempt == 1)
            #expect(second.attempt == 2)
        }
        #expect(try await house.left() == 0)
    }

    @Test func `no more jobs run at once than was asked for`() async throws {
        let gate = Signals<Void>()
        let house = try WorkerHouse { _ in
            _ = try await gate.next("the gate")
            return .done
        }
        for number in 0..<6 { try await house.ask("job-\(number)") }
        try await house.whileWorking(concurrency: 3) {
            for _ in 0..<3 { _ = try await house.handler.handled.next("a job") }
            #expect(try await house.memory.depth(of: WorkQueue.importResolve.rawValue)?.ready == 3)
            for _ in 0..<6 { gate.send(()) }
            for _ in 0..<3 { _ = try await house.handler.handled.next("a later job") }
        }
        #expect(try await house.left() == 0)
    }
}
