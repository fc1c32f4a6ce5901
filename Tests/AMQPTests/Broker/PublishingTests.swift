import AMQP
import TestSupport
import Testing

@Suite struct PublishingTests {
    @Test func manyPublishesInFlightAreAllConfirmed() async throws {
        try await TestBroker.withClient { client in
            try await TestBroker.withQueue(client) { queue in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for task in 0..<50 {
                        group.addTask {
                            for turn in 0..<20 {
                                try await client.publish([
                                    AMQPMessage(routingKey: queue, body: Array("\(task)/\(turn)".utf8)),
                                    AMQPMessage(routingKey: queue, body: Array("\(task)/\(turn)b".utf8)),
                                ])
                            }
                        }
                    }
                    try await group.waitForAll()
                }
                #expect(client.statistics.confirmed == 2000)
                #expect(client.statistics.published == 2000)
                try await eventually("the queue holds all of them") {
                    try await client.inspectQueue(queue)?.messages == 2000
                }
            }
        }
    }

    // Seen red with the call of `queue.returned` taken out of Publisher: the ack alone looks like success.
    @Test func aMessageThatNoQueueTakesIsAnErrorAndItsNeighboursAreNot() async throws {
        try await TestBroker.withClient { client in
            try await TestBroker.withQueue(client) { queue in
                let nowhere = TestBroker.name("nowhere")
                let failures = try await client.publishEach([
                    AMQPMessage(routingKey: queue, body: [1], properties: AMQPProperties(messageID: "first")),
                    AMQPMessage(routingKey: nowhere, body: [2], properties: AMQPProperties(messageID: "second")),
                    AMQPMessage(routingKey: queue, body: [3], properties: AMQPProperties(messageID: "third")),
                    AMQPMessage(routingKey: nowhere, body: [4], mandatory: false),
                ])
                #expect(failures[0] == nil && failures[2] == nil && failures[3] == nil)
                #expect(
                    failures[1]?.code == .unroutable(exchange: "", routingKey: nowhere, messageID: "second"))
                await #expect(throws: AMQPError.self) {
                    try await client.publish(AMQPMessage(routingKey: nowhere, body: []))
                }
                #expect(client.statistics.returned == 2)
            }
        }
    }

    @Test func returnsAmongManyConcurrentPublishesFindTheirCallers() async throws {
        try await TestBroker.withClient { client in
            try await TestBroker.withQueue(client) { queue in
                let nowhere = TestBroker.name("nowhere")
                let wrong = try await withThrowingTaskGroup(of: Bool.self) { group in
                    for number in 0..<500 {
                        group.addTask {
                            let goes = number % 3 != 0
                            // One id for all: only exchange, key and order are left to tell them apart.
                            let message = AMQPMessage(
                                routingKey: goes ? queue : nowhere, body: [],
                                properties: AMQPProperties(messageID: "same"))
                            let failure = try await client.publishEach([message])[0]
                            return (failure == nil) == goes
                        }
                    }
                    return try await group.reduce(0) { $0 + ($1 ? 0 : 1) }
                }
                #expect(wrong == 0)
            }
        }
    }

    @Test func aFullQueueRefuses() async throws {
        try await TestBroker.withClient { client in
            let arguments: [String: AMQPValue] = ["x-max-length": 1, "x-overflow": "reject-publish"]
            try await TestBroker.withQueue(client, arguments: arguments) { queue in
                let messages = (0..<5).map {
                    AMQPMessage(routingKey: queue, body: [], properties: AMQPProperties(messageID: "\($0)"))
                }
                let failures = try await client.publishEach(messages)
                #expect(failures[0] == nil)
                #expect(failures[4]?.code == .refused(messageID: "4"))
            }
        }
    }

    // Seen red with the reopening taken out of Publisher: the second publish waits for its deadline.
    @Test func publishingToAnExchangeThatDoesNotExistFailsAloneAndTheChannelReopens() async throws {
        try await TestBroker.withClient { client in
            try await TestBroker.withQueue(client) { queue in
                let missing = TestBroker.name("exchange")
                do throws(AMQPError) {
                    try await client.publish(AMQPMessage(exchange: missing, routingKey: "x", body: []))
                    Issue.record("the publish succeeded")
                } catch {
                    guard case .channelClosed(404, let text) = error.code else {
                        Issue.record("\(error)")
                        return
                    }
                    #expect(text.contains(missing))
                }
                try await client.publish(AMQPMessage(routingKey: queue, body: [1]))
            }
        }
    }

    @Test func bodiesBeyondOneFrameArriveWhole() async throws {
        try await TestBroker.withClient { client in
            try await TestBroker.withQueue(client) { queue in
                for size in [0, 1, 131_063, 131_064, 131_065, 262_128, 3_000_000] {
                    let body = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
                    try await client.publish(AMQPMessage(routingKey: queue, body: body))
                    let consumer = try await client.consume(queue: queue, prefetch: 1)
                    let delivery = try await withDeadline("\(size) bytes") { try await consumer.first { _ in true } }
                    #expect(delivery?.body == body, "\(size) bytes")
                    #expect(delivery?.ack() == true)
                    await consumer.cancel()
                }
            }
        }
    }

    @Test func propertiesAndHeadersArriveAsTheyWereSent() async throws {
        try await TestBroker.withClient { client in
            try await TestBroker.withQueue(client, arguments: [:]) { queue in
                let sent = AMQPProperties(
                    contentType: "application/json", contentEncoding: "identity", messageID: "m-1",
                    correlationID: "c-1", replyTo: "answers", type: "outlet.imported", timestampSeconds: 1_700_000_000,
                    deliveryMode: .transient, priority: 3, expirationMilliseconds: 60_000, appID: "tests",
                    headers: [
                        "text": "grüße", "number": .int(.min), "yes": true, "pi": .double(3.25),
                        "raw": .bytes([0, 255]),
                        "when": .timestamp(1_700_000_000), "nothing": .null, "list": .array(["a", 1, .array([])]),
                        "table": .table(["inner": .table(["deep": .int(7)])]),
                    ])
                try await client.publish(AMQPMessage(routingKey: queue, body: [9], properties: sent))
                let consumer = try await client.consume(queue: queue, prefetch: 5)
                let delivery = try await withDeadline("the delivery") { try await consumer.first { _ in true } }
                #expect(delivery?.properties == sent)
                #expect(delivery?.routingKey == queue)
                #expect(delivery?.isRedelivered == false)
            }
        }
    }

    @Test func whatCannotBeCarriedIsRefusedBeforeAnythingIsSent() async throws {
        try await TestBroker.withClient {
            $0.maximumBodyBytes = 10
        } _: { client in
            let long = String(repeating: "x", count: 256)
            var deep = AMQPValue.null
            for _ in 0..<40 { deep = .array([deep]) }
            let cases: [(AMQPMessage, AMQPError.Code)] = [
                (AMQPMessage(routingKey: "q", body: Array(repeating: 0, count: 11)), .messageTooLarge),
                (AMQPMessage(routingKey: long, body: []), .invalidArgument),
                (
                    AMQPMessage(routingKey: "q", body: [], properties: AMQPProperties(headers: [long: 1])),
                    .invalidArgument
                ),
                (
                    AMQPMessage(routingKey: "q", body: [], properties: AMQPProperties(headers: ["d": deep])),
                    .invalidArgument
                ),
                (
                    AMQPMessage(
                        routingKey: "q", body: [],
                        properties: AMQPProperties(headers: ["d": .string(String(repeating: "y", count: 200_000))])),
                    .invalidArgument
                ),
            ]
            for (message, code) in cases {
                do throws(AMQPError) {
                    try await client.publish(message)
                    Issue.record("accepted; expected \(code)")
                } catch {
                    #expect(error.code == code)
                }
            }
            #expect(client.statistics.published == 0)
        }
    }

    @Test func theBoundOfWhatWaitsIsKept() async throws {
        var configuration = try TestBroker.configuration()
        configuration.port = 1
        configuration.maximumWaitingPublishes = 3
        configuration.publishTimeout = .milliseconds(300)
        try await TestBroker.withClient(configuration) { client in
            let codes = await withTaskGroup(of: AMQPError.Code?.self) { group in
                for _ in 0..<2 {
                    group.addTask {
                        do throws(AMQPError) {
                            try await client.publish((0..<2).map { AMQPMessage(routingKey: "q", body: [$0]) })
                            return nil
                        } catch {
                            return error.code
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            // The one that is too much fails at once, the other at its deadline.
            #expect(codes == [.overloaded, .notConnected])
        }
    }
}
