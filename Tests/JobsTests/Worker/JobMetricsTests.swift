import Domain
import Jobs
import MetricsTestKit
import TestSupport
import Testing

/// What the worker counts, against what happened. Seen red with each call of `JobRunner` to its metrics left out.
@Suite(.timeLimit(.minutes(1)))
struct JobMetricsTests {
    private static let labels = [("queue", "import.resolve")]

    @Test func `every delivery is counted by what became of it`() async throws {
        let house = try WorkerHouse { job in
            switch (job.id, job.attempt) {
            case ("retried", 1): .retry(reason: "not yet")
            case ("hopeless", _): .dead(reason: "never")
            default: .done
            }
        }
        house.ledger.mark("twin")
        for id in ["done", "twin", "hopeless", "retried"] { try await house.ask(id) }
        try await house.whileWorking {
            // A dead letter and a retry.
            for _ in 0..<2 { _ = try await house.broker.published.next("what follows a job") }
            house.clock.advance(by: .seconds(60))
            for _ in 0..<4 { _ = try await house.handler.handled.next("a job") }
        }
        #expect(try Self.count(house, .consumed) == 5)
        #expect(try Self.count(house, .acked) == 5)
        #expect(try Self.count(house, .duplicates) == 1)
        #expect(try Self.count(house, .dead) == 1)
        #expect(try Self.count(house, .retried) == 1)
        let inFlight = try house.metrics.expectMeter(JobMetrics.Name.inFlight.rawValue, Self.labels)
        #expect(inFlight.lastValue == 0 && inFlight.values.max() ?? 0 >= 1)
        for (outcome, runs) in [("done", 2), ("retried", 1), ("dead", 1)] {
            let timer = try house.metrics.expectTimer(
                JobMetrics.Name.seconds.rawValue, Self.labels + [("outcome", outcome)])
            #expect(timer.values.count == runs, "\(outcome)")
        }
    }

    /// Consumed and not acknowledged: in nobody's hands, and counted again when it comes back.
    @Test func `a delivery that is given back is not counted as acknowledged`() async throws {
        let house = try WorkerHouse(failing: [.before]) { _ in .dead(reason: "never") }
        try await house.ask("job-1")
        try await house.whileWorking {
            _ = try await house.broker.published.next("the dead letter, the second time")
        }
        #expect(try Self.count(house, .consumed) == 2)
        #expect(try Self.count(house, .acked) == 1)
        #expect(try house.metrics.expectMeter(JobMetrics.Name.inFlight.rawValue, Self.labels).lastValue == 0)
    }

    private static func count(_ house: WorkerHouse, _ name: JobMetrics.Name) throws -> Int64 {
        try house.metrics.expectCounter(name.rawValue, labels).totalValue
    }
}
