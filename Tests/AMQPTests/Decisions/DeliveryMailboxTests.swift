import TestSupport
import Testing

@testable import AMQP

@Suite struct DeliveryMailboxTests {
    private let mailbox = DeliveryMailbox(prefetch: 4, counters: StatisticsCounters())

    private func deliveries(_ tags: ClosedRange<UInt64>, of other: DeliveryMailbox? = nil) -> [AMQPDelivery] {
        let mailbox = other ?? mailbox
        return tags.map {
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
        #expect(mailbox.takeSettlements().acked == [1, 2, 3])
        try mailbox.push(deliveries(4...4))
        #expect(try await mailbox.next()?.reject(requeue: false) == true)
        #expect(wakes.values.count == 2)
    }

    @Test func oneAckStandsForThoseBelowWhatIsStillInHand() async throws {
        mailbox.begin()
        try mailbox.push(deliveries(1...6))
        var taken: [AMQPDelivery] = []
        while taken.count < 6, let delivery = try await mailbox.next() { taken.append(delivery) }
        for index in [1, 4, 0, 2] { taken[index].ack() }
        #expect(
            mailbox.takeSettlements().methods == [
                .ack(deliveryTag: 3, multiple: true), .ack(deliveryTag: 5, multiple: false),
            ])
        taken[3].reject(requeue: true)
        taken[5].ack()
        #expect(
            mailbox.takeSettlements().methods == [
                .reject(deliveryTag: 4, requeue: true), .ack(deliveryTag: 6, multiple: true),
            ])
    }

    @Test func acksMayGatherWhileThereIsPlentyInHand() async throws {
        let mailbox = DeliveryMailbox(prefetch: 64, counters: StatisticsCounters())
        mailbox.begin()
        try mailbox.push(deliveries(1...20, of: mailbox))
        for _ in 0..<7 { #expect(try await mailbox.next()?.ack() == true) }
        #expect(mailbox.mayGather)
        #expect(try await mailbox.next()?.ack() == true)
        #expect(!mailbox.mayGather, "an eighth of the prefetch has gathered")
        for _ in 0..<11 { #expect(try await mailbox.next()?.ack() == true) }
        _ = mailbox.takeSettlements()
        #expect(try await mailbox.next()?.ack() == true)
        #expect(!mailbox.mayGather, "nothing is in hand any more")
    }

    @Test func whoeverTakesOneWakesTheNext() async throws {
        mailbox.begin()
        let taken = Collector<UInt64>()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<3 {
                group.addTask {
                    while let delivery = try await mailbox.next() {
                        taken.append(delivery.deliveryTag)
                        delivery.ack()
                        // Keeps the last ones in hand, as a slow job does.
                        if delivery.deliveryTag > 60 { try await eventually("all") { taken.values.count == 63 } }
                    }
                }
            }
            for round in UInt64(1)...21 {
                try mailbox.push(deliveries(3 * round - 2...3 * round))
                try await eventually("all three are taken") { taken.values.count == 3 * Int(round) }
            }
            _ = mailbox.finish(nil)
            try await group.waitForAll()
        }
        #expect(taken.values.sorted() == Array(1...63))
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
