import Domain
import Jobs
import Testing

struct DeliveryPlanTests {
    @Test(arguments: [(0, 0, 1), (3, 0, 4), (0, 3, 4), (4, 4, 9)])
    func handles(attempts: Int, deliveryCount: Int, attempt: Int) throws {
        let envelope = try WorkerHouse.envelope("job", attempts: attempts)
        let plan = DeliveryPlan(for: envelope.message, deliveryCount: deliveryCount, from: .importResolve)
        #expect(plan == .handle(envelope, attempt: attempt))
    }

    @Test(arguments: [(9, 0, 10), (0, 9, 10), (5, 4, 10), (9, 2, 12)])
    func abandons(attempts: Int, deliveryCount: Int, attempt: Int) throws {
        let envelope = try WorkerHouse.envelope("job", attempts: attempts)
        let plan = DeliveryPlan(for: envelope.message, deliveryCount: deliveryCount, from: .importResolve)
        #expect(
            plan == .abandon(envelope, attempt: attempt, reason: "delivered \(attempt) times without an end"))
    }

    @Test func `buries what is not ours`() {
        let plan = DeliveryPlan(for: WireMessage(id: "x", type: "y", body: []), deliveryCount: 0, from: .importMerge)
        #expect(plan == .bury(reason: "no handler knows the type y"))
    }
}

struct AftermathTests {
    @Test func `done is acknowledged, however often it was tried`() throws {
        let envelope = try WorkerHouse.envelope("job")
        for attempt in 1...9 {
            #expect(Aftermath(.done, envelope: envelope, attempt: attempt, jitter: 0) == .ack)
        }
    }

    @Test func `dead is abandoned at once`() throws {
        let envelope = try WorkerHouse.envelope("job")
        #expect(
            Aftermath(.dead(reason: "why"), envelope: envelope, attempt: 1, jitter: 0) == .abandon(reason: "why"))
    }

    @Test func `a retry counts every delivery so far, and the ninth is the last`() throws {
        let envelope = try WorkerHouse.envelope("job", attempts: 2)
        for attempt in 1...8 {
            let next = JobEnvelope(request: envelope.request, attempts: attempt)
            #expect(
                Aftermath(.retry(reason: "why"), envelope: envelope, attempt: attempt, jitter: 0)
                    == .retry(next, DelayQueue.backOff(afterAttempt: attempt, jitter: 0)))
        }
        #expect(
            Aftermath(.retry(after: .seconds(20), reason: "why"), envelope: envelope, attempt: 1, jitter: 1)
                == .retry(JobEnvelope(request: envelope.request, attempts: 1), .thirtySeconds))
        #expect(
            Aftermath(.retry(reason: "why"), envelope: envelope, attempt: 9, jitter: 1)
                == .abandon(reason: "tried 9 times; the last time: why"))
    }
}
