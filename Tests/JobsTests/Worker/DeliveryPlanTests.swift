import Domain
import Jobs
import Testing

struct DeliveryPlanTests {
    @Test(arguments: [(0, 0, 1), (3, 0, 4), (0, 3, 4), (4, 4, 9)])
    func handles(attempts: Int, deliveryCount: Int, attempt: Int) throws {
        let envelope = try WorkerHouse.envelope("job", attempts: attempts)
        let plan = DeliveryPlan(
            for: envelope.message, deliveryCount: deliveryCount, from: .importResolve, retry: RetryPolicy())
        #expect(plan == .handle(envelope, attempt: attempt))
    }

    @Test(arguments: [(9, 0, 10), (0, 9, 10), (5, 4, 10), (9, 2, 12)])
    func abandons(attempts: Int, deliveryCount: Int, attempt: Int) throws {
        let envelope = try WorkerHouse.envelope("job", attempts: attempts)
        let plan = DeliveryPlan(
            for: envelope.message, deliveryCount: deliveryCount, from: .importResolve, retry: RetryPolicy())
        #expect(
            plan == .abandon(envelope, attempt: attempt, reason: "delivered \(attempt) times without an end"))
    }

    @Test func `buries what is not ours`() {
        let plan = DeliveryPlan(
            for: WireMessage(id: "x", type: "y", body: []), deliveryCount: 0, from: .importMerge, retry: RetryPolicy())
        #expect(plan == .bury(reason: "no handler knows the type y"))
    }
}

struct AftermathTests {
    @Test func `done is acknowledged, however often it was tried`() throws {
        let envelope = try WorkerHouse.envelope("job")
        for attempt in 1...9 {
            #expect(Aftermath(.done, envelope: envelope, attempt: attempt, retry: RetryPolicy(), jitter: 0) == .ack)
        }
    }

    @Test func `dead is abandoned at once`() throws {
        let envelope = try WorkerHouse.envelope("job")
        #expect(
            Aftermath(.dead(reason: "why"), envelope: envelope, attempt: 1, retry: RetryPolicy(), jitter: 0)
                == .abandon(reason: "why"))
    }

    @Test func `a retry counts every delivery so far, and the ninth is the last`() throws {
        let envelope = try WorkerHouse.envelope("job", attempts: 2)
        for attempt in 1...8 {
            let next = JobEnvelope(request: envelope.request, attempts: attempt)
            #expect(
                Aftermath(.retry(reason: "why"), envelope: envelope, attempt: attempt, retry: RetryPolicy(), jitter: 0)
                    == .retry(next, RetryPolicy().delay(afterAttempt: attempt, jitter: 0)))
        }
        #expect(
            Aftermath(
                .retry(after: .seconds(20), reason: "why"), envelope: envelope, attempt: 1, retry: RetryPolicy(),
                jitter: 1)
                == .retry(JobEnvelope(request: envelope.request, attempts: 1), .thirtySeconds))
        #expect(
            Aftermath(
                .later(after: .seconds(1), reason: "why"), envelope: envelope, attempt: 9, retry: RetryPolicy(),
                jitter: 0) == .later(JobEnvelope(request: envelope.request, attempts: 8), .oneSecond),
            "waiting is no attempt")
        #expect(
            Aftermath(.retry(reason: "why"), envelope: envelope, attempt: 9, retry: RetryPolicy(), jitter: 1)
                == .abandon(reason: "tried 9 times; the last time: why"))
    }
}

struct RetryPolicyTests {
    @Test(arguments: [
        (1, 0, DelayQueue.oneSecond), (1, 1, .twoSeconds), (2, 0, .twoSeconds), (2, 1, .fiveSeconds),
        (3, 0, .fiveSeconds), (4, 0, .tenSeconds), (5, 0, .thirtySeconds), (5, 1, .oneMinute), (6, 0, .oneMinute),
        (6, 1, .oneMinute), (9, 0, .oneMinute), (0, 0, .oneSecond), (-5, 0, .oneSecond), (.max, 1, .oneMinute),
    ])
    func `each attempt waits twice as long, up to a minute`(_ attempt: Int, jitter: Int, wanted: DelayQueue) {
        #expect(RetryPolicy().delay(afterAttempt: attempt, jitter: jitter) == wanted)
    }

    @Test(arguments: [(1, 0, DelayQueue.fiveSeconds), (2, 0, .tenSeconds), (2, 1, .tenSeconds), (7, 1, .tenSeconds)])
    func `a queue's own first delay and cap`(_ attempt: Int, jitter: Int, wanted: DelayQueue) {
        let policy = RetryPolicy(first: .seconds(5), cap: .seconds(10))
        #expect(policy.delay(afterAttempt: attempt, jitter: jitter) == wanted)
    }

    @Test func `fewer attempts end earlier, and more than the broker allows are not had`() throws {
        let envelope = try WorkerHouse.envelope("job")
        let three = RetryPolicy(attempts: 3)
        #expect(
            DeliveryPlan(for: envelope.message, deliveryCount: 2, from: .importResolve, retry: three)
                == .abandon(envelope, attempt: 3, reason: "delivered 3 times without an end"))
        #expect(
            Aftermath(.retry(reason: "why"), envelope: envelope, attempt: 2, retry: three, jitter: 0)
                == .abandon(reason: "tried 2 times; the last time: why"))
        #expect(RetryPolicy(attempts: 99).attempts == RetryPolicy.mostAttempts)
    }
}
