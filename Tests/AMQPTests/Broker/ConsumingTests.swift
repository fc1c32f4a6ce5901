import AMQP
import TestSupport
import Testing

@Suite struct ConsumingTests {
    private func publish(_ count: Int, to queue: String, _ client: AMQPClient) async throws {
        try await client.publish(
            (0..<count).map {
                AMQPMessage(routingKey: queue, body: [UInt8($0)], properties: AMQPProperties(messageID: "\($0)"))
            })
    }

    @Test func noMoreThanThePrefetchIsInHand() async throws {
        try await TestBroker.withClient { client in
            try await TestBroker.withQueue(client) { queue in
                try await publish(10, to: queue, client)
                let consumer = try await client.consume(queue: queue, prefetch: 3)
                try await eventually("three are out") { client.statistics.delivered == 3 }
                // Seven stay ready for as long as nothing is acked.
                try await eventually("seven wait") { try await client.inspectQueue(queue)?.messages == 7 }
                #expect(client.statistics.delivered == 3)
                try await withDeadline("all ten") {
                    var seen: [UInt8] = []
                    for try await delivery in consumer {
                        seen.append(delivery.body[0])
                        #expect(delivery.ack())
                        if seen.count == 10 { break }
                    }
                    #expect(seen == Array(0..<10))
                }
            }
        }
    }

    @Test func whatIsRejectedWithRequeueComesAgain() async throws {
        try await TestBroker.withClient { client in
            try await TestBroker.withQueue(client) { queue in
                try await publish(1, to: queue, client)
                let consumer = try await client.consume(queue: queue, prefetch: 1)
                try await withDeadline("two deliveries") {
                    var iterator = consumer.makeAsyncIterator()
                    let first = try await iterator.next()
                    #expect(first?.isRedelivered == false)
                    #expect(first?.reject(requeue: true) == true)
                    let second = try await iterator.next()
                    #expect(second?.isRedelivered == true)
                    #expect(second?.headers["x-delivery-count"] == .int(1))
                    #expect(second?.ack() == true)
                }
            }
        }
    }

    // Seen red with the check of `unsettled` taken out of DeliveryMailbox.settle: the broker closes the channel (406).
    @Test func aSecondAckIsDiscardedAndHarmsNothing() async throws {
        try await TestBroker.withClient { client in
            try await TestBroker.withQueue(client) { queue in
                try await publish(2, to: queue, client)
                let consumer = try await client.consume(queue: queue, prefetch: 1)
                try await withDeadline("two deliveries") {
                    var iterator = consumer.makeAsyncIterator()
                    let first = try await iterator.next()
                    #expect(first?.ack() == true)
                    #expect(first?.ack() == false)
                    #expect(first?.reject(requeue: true) == false)
                    let second = try await iterator.next()
                    #expect(second?.body == [1])
                    #expect(second?.epoch == first?.epoch)
                    #expect(second?.ack() == true)
                }
                #expect(client.statistics.discardedAcks == 2)
            }
        }
    }

    @Test func cancelLetsWhatIsInHandBeAckedAndGivesTheRestBack() async throws {
        try await TestBroker.withClient { client in
            try await TestBroker.withQueue(client) { queue in
                try await publish(5, to: queue, client)
                let consumer = try await client.consume(queue: queue, prefetch: 4)
                try await eventually("four are out") { client.statistics.delivered == 4 }
                try await withDeadline("the end") {
                    var iterator = consumer.makeAsyncIterator()
                    let inHand = try await iterator.next()
                    await consumer.cancel()
                    let end = try await iterator.next()
                    #expect(end == nil)
                    #expect(inHand?.ack() == true)
                }
                try await eventually("four are back, one is gone") {
                    let status = try await client.inspectQueue(queue)
                    return status?.messages == 4 && status?.consumers == 0
                }
            }
        }
    }

    @Test func aConsumerThatNobodyHoldsIsCancelled() async throws {
        try await TestBroker.withClient { client in
            try await TestBroker.withQueue(client) { queue in
                _ = try await client.consume(queue: queue, prefetch: 1)
                try await eventually("no consumer") { try await client.inspectQueue(queue)?.consumers == 0 }
            }
        }
    }

    // Seen red with `.cancelledByServer` ignored in ConsumerChannel.receive: the loop waits for ever.
    @Test func aDeletedQueueEndsTheSequenceWithAnError() async throws {
        try await TestBroker.withClient { client in
            try await TestBroker.withQueue(client) { queue in
                try await publish(1, to: queue, client)
                let consumer = try await client.consume(queue: queue, prefetch: 5)
                let error = try await withDeadline("the error") { () -> AMQPError? in
                    do throws(AMQPError) {
                        for try await delivery in consumer {
                            delivery.ack()
                            _ = try await client.deleteQueue(queue)
                        }
                        return nil
                    } catch {
                        return error
                    }
                }
                #expect(error?.code == .consumerCancelled(queue: queue))
            }
        }
    }

    @Test func consumingAQueueThatDoesNotExistIsRefusedWithItsReason() async throws {
        try await TestBroker.withClient { client in
            let queue = TestBroker.name("missing")
            do throws(AMQPError) {
                _ = try await client.consume(queue: queue, prefetch: 1)
                Issue.record("consumed")
            } catch {
                guard case .channelClosed(404, let text) = error.code else {
                    Issue.record("\(error)")
                    return
                }
                #expect(text.contains(queue))
            }
        }
    }

    // Seen red with the `isOversized` guard taken out of ConsumerChannel: the big one is delivered.
    @Test func aBodyAboveTheMaximumIsDeadLetteredAndItsNeighboursComeThrough() async throws {
        try await TestBroker.withClient { client in
            let dead = TestBroker.name("dead")
            try await client.declareQueue(dead)
            let arguments: [String: AMQPValue] = [
                "x-queue-type": "quorum", "x-dead-letter-exchange": "", "x-dead-letter-routing-key": .string(dead),
            ]
            try await TestBroker.withQueue(client, arguments: arguments) { queue in
                try await client.publish([
                    AMQPMessage(routingKey: queue, body: Array(repeating: 1, count: 300_000)),
                    AMQPMessage(routingKey: queue, body: [2]),
                ])
                try await TestBroker.withClient {
                    $0.maximumBodyBytes = 1000
                } _: { small in
                    let consumer = try await small.consume(queue: queue, prefetch: 5)
                    let delivery = try await withDeadline("the small one") { try await consumer.first { _ in true } }
                    #expect(delivery?.body == [2])
                    #expect(delivery?.ack() == true)
                    #expect(small.statistics.oversized == 1)
                }
                try await eventually("the large one is dead") { try await client.inspectQueue(dead)?.messages == 1 }
            }
            try await client.deleteQueue(dead)
        }
    }

    @Test func manyTasksMayIterateOneConsumer() async throws {
        try await TestBroker.withClient { client in
            try await TestBroker.withQueue(client) { queue in
                try await publish(200, to: queue, client)
                let consumer = try await client.consume(queue: queue, prefetch: 20)
                let seen = Collector<UInt8>()
                try await withDeadline("all of them") {
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for _ in 0..<8 {
                            group.addTask {
                                for try await delivery in consumer {
                                    delivery.ack()
                                    if seen.append(delivery.body[0]) == 200 { await consumer.cancel() }
                                }
                            }
                        }
                        try await group.waitForAll()
                    }
                }
                #expect(Set(seen.values).count == 200)
            }
        }
    }
}
