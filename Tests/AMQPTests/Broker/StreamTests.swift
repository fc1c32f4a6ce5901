import AMQP
import Synchronization
import Testing

@Suite struct StreamTests {
    private static let arguments: [String: AMQPValue] = [
        "x-queue-type": "stream", "x-max-length-bytes": 128_000_000, "x-stream-max-segment-size-bytes": 8_000_000,
    ]

    private func publish(_ range: Range<UInt8>, to queue: String, _ client: AMQPClient) async throws {
        try await client.publish(range.map { AMQPMessage(routingKey: queue, body: [$0]) })
    }

    @Test func aStreamIsReadFromAnyOffset() async throws {
        try await TestBroker.withClient { client in
            try await TestBroker.withQueue(client, arguments: Self.arguments) { queue in
                try await publish(0..<100, to: queue, client)
                for (offset, first) in [(AMQPValue.string("first"), UInt8(0)), (.int(42), 42)] {
                    let consumer = try await client.consume(
                        queue: queue, prefetch: 10, arguments: ["x-stream-offset": offset])
                    try await withDeadline("deliveries from \(offset)") {
                        var expected = first
                        for try await delivery in consumer {
                            #expect(delivery.body == [expected])
                            #expect(delivery.headers["x-stream-offset"] == .int(Int64(expected)))
                            #expect(delivery.ack())
                            expected += 1
                            if expected == 100 { break }
                        }
                    }
                    await consumer.cancel()
                }
            }
        }
    }

    @Test func aReaderGoesOnWhereItStoodAfterACut() async throws {
        try await TestBroker.withProxiedClient { proxied, direct, proxy in
            try await TestBroker.withQueue(direct, arguments: Self.arguments) { queue in
                let position = Position()
                try await publish(0..<50, to: queue, direct)
                let consumer = try await proxied.consume(
                    queue: queue, prefetch: 10, arguments: ["x-stream-offset": "first"],
                    argumentsAtRestore: { ["x-stream-offset": .int(position.value.withLock { $0 } + 1)] })
                try await withDeadline("all of them, once") {
                    var seen: [UInt8] = []
                    for try await delivery in consumer {
                        seen.append(delivery.body[0])
                        if let offset = delivery.headers["x-stream-offset"]?.intValue {
                            position.value.withLock { $0 = offset }
                        }
                        delivery.ack()
                        if seen.count == 25 { proxy.cut() }
                        if seen.count == 50 { try await self.publish(50..<60, to: queue, direct) }
                        if delivery.body == [59] { break }
                    }
                    #expect(Set(seen) == Set(0..<60))
                    #expect(seen == seen.sorted())
                }
            }
        }
    }

    private final class Position: Sendable {
        let value = Mutex<Int64>(-1)
    }
}
