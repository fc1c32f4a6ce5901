import Testing

@testable import AMQP

@Suite struct DeliveryMailboxTests {
    private let mailbox = DeliveryMailbox(prefetch: 4, counters: StatisticsCounters())

    private func deliveries(_ tags: ClosedRange<UInt64>) -> [AMQPDelivery] {
        tags.map {
            AMQPDelivery(
                body: [], properties: AMQPProperties(), exchange: "", routingKey: "", isRedelivered: false,
                deliveryTag: $0, epoch: mailbox.epoch, mailbox: mailbox)
        }
    }

    @Test func theEventLoopIsWokenOnceForManyAcks() async throws {
        let wakes = Collector<Int>()
        mailbox.setWake { wakes.append(1) }
        mailbox.begin()
        try mailbox.push(deliveries(1...3))
        for _ in 0..<3 { #expect(try await mailbox.next()?.ack() == true) }
        #expect(wakes.values.count == 1)
        #expect(mailbox.takeSettlements().map(\.tag) == [1, 2, 3])
        try mailbox.push(deliveries(4...4))
        #expect(try await mailbox.next()?.reject(requeue: false) == true)
        #expect(wakes.values.count == 2)
    }

    @Test func aLossForgetsWhatWasNotTakenAndRefusesOldAcks() async throws {
        mailbox.begin()
        try mailbox.push(deliveries(1...3))
        let old = try await mailbox.next()
        mailbox.lose()
        #expect(old?.ack() == false)
        mailbox.begin()
        // The same tag of the new epoch is another delivery.
        try mailbox.push(deliveries(1...1))
        #expect(old?.ack() == false)
        #expect(try await mailbox.next()?.epoch == 2)
        #expect(mailbox.takeSettlements().isEmpty)
    }

    @Test func farMoreThanThePrefetchIsAViolation() {
        mailbox.begin()
        #expect(throws: AMQPError.self) { try mailbox.push(deliveries(1...73)) }
    }

    @Test func theEndIsSeenByEveryWaiterAndStays() async throws {
        mailbox.begin()
        async let first = mailbox.next()
        async let second = mailbox.next()
        _ = mailbox.finish(nil)
        let one = try await first
        let two = try await second
        #expect(one == nil && two == nil)
        _ = mailbox.finish(AMQPError(.connectionLost, ""))
        #expect(try await mailbox.next() == nil)
    }

    @Test func whatNobodyTookIsGivenBackAtTheEnd() async throws {
        mailbox.begin()
        try mailbox.push(deliveries(1...3))
        _ = try await mailbox.next()
        #expect(mailbox.finish(AMQPError(.consumerCancelled(queue: "q"), "")).map(\.deliveryTag) == [2, 3])
        await #expect(throws: AMQPError.self) { try await mailbox.next() }
    }

    @Test func aCancelledTaskStopsWaiting() async throws {
        mailbox.begin()
        let task = Task { try await mailbox.next() == nil }
        task.cancel()
        #expect(try await withDeadline("the task ends") { try await task.value })
        try mailbox.push(deliveries(1...1))
        #expect(try await mailbox.next()?.deliveryTag == 1)
    }
}
