import AMQP
import TestSupport
import Testing

@Suite struct AdministrationTests {
    @Test func exchangesQueuesAndBindingsComeAndGo() async throws {
        try await TestBroker.withClient { client in
            let exchange = TestBroker.name("exchange")
            try await client.declareExchange(exchange, type: "topic")
            try await TestBroker.withQueue(client) { queue in
                try await client.bindQueue(queue, exchange: exchange, routingKey: "a.#")
                try await client.publish(AMQPMessage(exchange: exchange, routingKey: "a.b", body: [1]))
                try await eventually("one message") { try await client.inspectQueue(queue)?.messages == 1 }
                #expect(try await client.purgeQueue(queue) == 1)
                try await client.unbindQueue(queue, exchange: exchange, routingKey: "a.#")
                await #expect(throws: AMQPError.self) {
                    try await client.publish(AMQPMessage(exchange: exchange, routingKey: "a.b", body: [1]))
                }
            }
            try await client.deleteExchange(exchange)
            #expect(try await client.inspectQueue(TestBroker.name("missing")) == nil)
            try await client.deleteQueue(TestBroker.name("missing"))
        }
    }

    // Seen red with the reopening taken out of Administrator: everything after the first refusal times out.
    @Test func aRefusedRequestReachesItsCallerOnly() async throws {
        try await TestBroker.withClient { client in
            try await TestBroker.withQueue(client) { queue in
                let consumer = try await client.consume(queue: queue, prefetch: 1)
                let outcomes = await withTaskGroup(of: (Bool, AMQPError?).self) { group in
                    for number in 0..<30 {
                        group.addTask {
                            let isGood = number % 2 == 0
                            let type: AMQPValue = isGood ? "quorum" : "classic"
                            do throws(AMQPError) {
                                _ = try await client.declareQueue(queue, arguments: ["x-queue-type": type])
                                return (isGood, nil)
                            } catch {
                                return (isGood, error)
                            }
                        }
                    }
                    return await group.reduce(into: []) { $0.append($1) }
                }
                for (isGood, error) in outcomes {
                    if isGood {
                        #expect(error == nil)
                    } else if case .channelClosed(406, let text) = error?.code {
                        #expect(text.contains("x-queue-type"))
                    } else {
                        Issue.record("expected 406, got \(String(describing: error))")
                    }
                }
                try await client.publish(AMQPMessage(routingKey: queue, body: [1]))
                let delivery = try await withDeadline("the consumer lives") { try await consumer.first { _ in true } }
                #expect(delivery?.epoch == 1)
                #expect(delivery?.ack() == true)
            }
        }
    }

    @Test func theTopologyIsDeclaredAtEveryConnection() async throws {
        let queue = TestBroker.name("topology")
        let declared = Collector<Int>()
        let topology: AMQPClient.Topology = { client in
            try await client.declareQueue(queue)
            declared.append(1)
        }
        try await TestBroker.withProxiedClient(topology: topology) { proxied, direct, proxy in
            try await eventually("first declaration") { declared.values.count == 1 }
            let consumer = try await proxied.consume(queue: queue, prefetch: 1)
            proxy.set(.refusing)
            proxy.cut()
            try await TestBroker.waitUntilDisconnected(proxied)
            try await direct.deleteQueue(queue)
            proxy.set(.none)
            try await eventually("second declaration") { declared.values.count == 2 }
            try await eventually("the consumer is back") { try await direct.inspectQueue(queue)?.consumers == 1 }
            try await direct.publish(AMQPMessage(routingKey: queue, body: [7]))
            let delivery = try await withDeadline("a delivery") { try await consumer.first { _ in true } }
            #expect(delivery?.body == [7])
            delivery?.ack()
            try await direct.deleteQueue(queue)
        }
    }
}
