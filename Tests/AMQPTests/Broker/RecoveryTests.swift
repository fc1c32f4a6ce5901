import TestSupport
import Testing

@testable import AMQP

/// Faults between client and broker, made by a proxy. Each has one correct outcome.
@Suite struct RecoveryTests {
    private func waitForEpoch(_ epoch: Int, _ role: AMQPConnectionRole, _ client: AMQPClient) async throws {
        try await withDeadline("\(role) epoch \(epoch)") {
            for await change in client.stateChanges() where change.role == role {
                if case .connected(let now) = change.state, now >= epoch { return }
            }
        }
    }

    // Seen red with the epoch check taken out of DeliveryMailbox.settle: the old ack is "accepted".
    @Test func anAckFromBeforeAReconnectIsDiscardedAndTheMessageComesAgain() async throws {
        try await TestBroker.withProxiedClient { proxied, direct, proxy in
            try await TestBroker.withQueue(direct) { queue in
                try await direct.publish(AMQPMessage(routingKey: queue, body: [1]))
                let consumer = try await proxied.consume(queue: queue, prefetch: 1)
                try await withDeadline("two deliveries") {
                    var iterator = consumer.makeAsyncIterator()
                    let first = try await iterator.next()
                    proxy.cut()
                    let second = try await iterator.next()
                    #expect(second?.body == [1])
                    #expect(second?.isRedelivered == true)
                    #expect(first?.deliveryTag == second?.deliveryTag)
                    #expect(first?.ack() == false)
                    #expect(second?.ack() == true)
                }
                #expect(proxied.statistics.discardedAcks == 1)
                try await eventually("acked") { proxied.statistics.acked == 1 }
            }
        }
    }

    // Seen red with `channelLost` taken out of Publisher.connectionClosed: the publish hangs until its deadline.
    @Test func aCutBetweenPublishAndConfirmIsTold() async throws {
        try await TestBroker.withProxiedClient { proxied, direct, proxy in
            try await TestBroker.withQueue(direct) { queue in
                let message = AMQPMessage(
                    routingKey: queue, body: [1], properties: AMQPProperties(messageID: "only-one"))
                // The channel is open for certain before the broker's answers are swallowed.
                try await proxied.publish(
                    AMQPMessage(routingKey: TestBroker.name("nowhere"), body: [], mandatory: false))
                proxy.set(.deafClient)
                async let publishing: Void = proxied.publish(message)
                try await eventually("it arrived") { try await direct.inspectQueue(queue)?.messages == 1 }
                proxy.cut()
                do {
                    try await publishing
                    Issue.record("confirmed without a confirm")
                } catch let error as AMQPError {
                    #expect(error.code == .connectionLost)
                }
                proxy.set(.none)
                try await proxied.publish(message)
                let consumer = try await direct.consume(queue: queue, prefetch: 2)
                var iterator = consumer.makeAsyncIterator()
                let first = try await iterator.next()
                let second = try await iterator.next()
                #expect(first?.properties.messageID == "only-one")
                #expect(second?.properties.messageID == "only-one")
            }
        }
    }

    // Seen red with `.restoring` ignored in ConsumerChannel.connectionOpened: the deliveries stop at the first cut.
    @Test func nothingIsLostWhenConnectionsAreCutUnderLoad() async throws {
        let total = 3000
        try await TestBroker.withProxiedClient { proxied, direct, proxy in
            try await TestBroker.withQueue(direct) { queue in
                let seen = Collector<String>()
                let consumer = try await proxied.consume(queue: queue, prefetch: 50)
                try await withDeadline("all messages", within: .seconds(60)) {
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for lane in 0..<10 {
                            group.addTask {
                                for number in 0..<(total / 10) {
                                    let properties = AMQPProperties(messageID: "\(lane)/\(number)")
                                    let message = AMQPMessage(routingKey: queue, body: [1], properties: properties)
                                    while true {
                                        do throws(AMQPError) {
                                            try await proxied.publish(message)
                                            break
                                        } catch {
                                            guard error.code == .connectionLost else { throw error }
                                        }
                                    }
                                }
                            }
                        }
                        group.addTask {
                            for cut in 1...5 {
                                try await eventually("progress") { proxied.statistics.confirmed > cut * 400 }
                                proxy.cut()
                            }
                        }
                        group.addTask {
                            for try await delivery in consumer {
                                seen.append(delivery.properties.messageID ?? "")
                                delivery.ack()
                                if Set(seen.values.suffix(total * 2)).count == total { return }
                            }
                        }
                        try await group.waitForAll()
                    }
                }
                #expect(Set(seen.values).count == total)
                #expect(proxied.statistics.reconnects >= 5)
            }
        }
    }

    // Seen red with the verdict `.dead` ignored in ConnectionHandler.heartbeatTick: no reconnect within the deadline.
    @Test func aBlackHoleIsNoticedByTheHeartbeatAndSurvived() async throws {
        try await TestBroker.withProxiedClient {
            $0.heartbeat = .seconds(1)
        } _: { proxied, direct, proxy in
            try await TestBroker.withQueue(direct) { queue in
                let consumer = try await proxied.consume(queue: queue, prefetch: 1)
                let start = ContinuousClock.now
                proxy.set(.blackHole)
                try await withDeadline("the loss is seen", within: .seconds(6)) {
                    for await change in proxied.stateChanges() where change.role == .publishing {
                        if case .disconnected(let reason?) = change.state {
                            #expect(reason.code == .connectionLost)
                            return
                        }
                    }
                }
                #expect(ContinuousClock.now - start < .seconds(4))
                proxy.set(.none)
                proxy.cut()
                try await proxied.publish(AMQPMessage(routingKey: queue, body: [5]))
                let delivery = try await withDeadline("a delivery") { try await consumer.first { _ in true } }
                #expect(delivery?.body == [5])
            }
        }
    }

    // Seen red with the sending of heartbeats taken out: the broker closes the connections.
    @Test func anIdleConnectionOutlivesManyHeartbeats() async throws {
        try await TestBroker.withProxiedClient {
            $0.heartbeat = .seconds(1)
        } _: { proxied, direct, proxy in
            // The broker gives a silent client up after two intervals; ours has nothing else to say. Three connections,
            // a heartbeat each half interval: about four seconds.
            try await withDeadline("24 heartbeats") { await proxy.chunksToBroker(24) }
            #expect(proxied.statistics.reconnects == 0)
            for role in AMQPConnectionRole.allCases {
                guard case .connected(epoch: 1) = proxied.state(of: role) else {
                    Issue.record("\(role): \(proxied.state(of: role))")
                    continue
                }
            }
        }
    }

    // An ack of a tag that the broker does not know is answered with 406.
    @Test func aConsumerWhoseChannelTheBrokerClosesIsRestored() async throws {
        try await TestBroker.withClient { client in
            try await TestBroker.withQueue(client) { queue in
                try await client.publish(AMQPMessage(routingKey: queue, body: [1]))
                let consumer = try await client.consume(queue: queue, prefetch: 2)
                try await withDeadline("two deliveries") {
                    var iterator = consumer.makeAsyncIterator()
                    guard let first = try await iterator.next() else { return }
                    let unknown = AMQPDelivery(
                        body: [], properties: AMQPProperties(), exchange: "", routingKey: "", isRedelivered: false,
                        deliveryTag: 999, epoch: first.epoch, mailbox: first.mailbox)
                    try first.mailbox.push([unknown])
                    _ = try await iterator.next()
                    #expect(unknown.ack())
                    let second = try await iterator.next()
                    #expect(second?.isRedelivered == true)
                    #expect(second?.epoch == 2)
                    #expect(first.ack() == false)
                    #expect(second?.ack() == true)
                }
                #expect(client.statistics.reconnects == 0)
            }
        }
    }

    @Test func aConsumerThatIsNotToBeRestoredEndsWithTheLoss() async throws {
        try await TestBroker.withProxiedClient { proxied, direct, proxy in
            try await TestBroker.withQueue(direct) { queue in
                let consumer = try await proxied.consume(queue: queue, prefetch: 1, restore: false)
                proxy.cut()
                let error = try await withDeadline("the end") { () -> AMQPError? in
                    do throws(AMQPError) {
                        for try await _ in consumer {}
                        return nil
                    } catch { return error }
                }
                #expect(error?.code == .connectionLost)
            }
        }
    }

    @Test func aConsumerThatCannotBeRestoredEndsWithTheReason() async throws {
        try await TestBroker.withProxiedClient {
            $0.consumerRestoreTimeout = .milliseconds(300)
        } _: { proxied, direct, proxy in
            let queue = TestBroker.name("doomed")
            try await direct.declareQueue(queue)
            let consumer = try await proxied.consume(queue: queue, prefetch: 1)
            proxy.set(.refusing)
            proxy.cut()
            try await TestBroker.waitUntilDisconnected(proxied)
            try await direct.deleteQueue(queue)
            proxy.set(.none)
            let error = try await withDeadline("the end") { () -> AMQPError? in
                do throws(AMQPError) {
                    for try await _ in consumer {}
                    return nil
                } catch { return error }
            }
            guard case .channelClosed(404, _) = error?.code else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }

    // Seen red with the check of `blockedReason` taken out of Publisher.sendWaiting.
    // The frames are those that RabbitMQ sends at a memory alarm, put between the real broker's own.
    @Test func publishesWaitWhileBlockedAndGoOnAfterwards() async throws {
        try await TestBroker.withProxiedClient {
            $0.publishTimeout = .seconds(2)
        } _: { proxied, direct, proxy in
            try await TestBroker.withQueue(direct) { queue in
                let consumer = try await proxied.consume(queue: queue, prefetch: 1)
                proxy.inject([1, 0, 0, 0, 0, 0, 8, 0, 10, 0, 60, 3] + Array("low".utf8) + [0xCE])
                try await withDeadline("blocked") {
                    for await change in proxied.stateChanges() where change.role == .publishing {
                        if case .blocked(reason: "low") = change.state { return }
                    }
                }
                do throws(AMQPError) {
                    try await proxied.publish(AMQPMessage(routingKey: queue, body: [1]))
                    Issue.record("published while blocked")
                } catch {
                    #expect(error.code == .blocked(reason: "low"))
                }
                #expect(proxied.statistics.published == 0)
                async let publishing: Void = proxied.publish(AMQPMessage(routingKey: queue, body: [2]))
                // Consumers go on.
                try await direct.publish(AMQPMessage(routingKey: queue, body: [3]))
                var iterator = consumer.makeAsyncIterator()
                let third = try await iterator.next()
                #expect(third?.body == [3])
                third?.ack()
                proxy.inject([1, 0, 0, 0, 0, 0, 4, 0, 10, 0, 61, 0xCE])
                try await publishing
                #expect(try await iterator.next()?.body == [2])
            }
        }
    }

    @Test func rubbishFromThePeerEndsTheConnectionAndNothingElse() async throws {
        try await TestBroker.withProxiedClient { proxied, direct, proxy in
            let queue = TestBroker.name("rubbish")
            try await proxied.declareQueue(queue)
            for (turn, rubbish) in [
                Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8),
                [1, 0, 1, 0, 0, 0, 2, 0, 60, 0xCE],
                [1, 0, 1, 0xFF, 0xFF, 0xFF, 0xFF],
                [3, 0, 9, 0, 0, 0, 1, 0, 0xCE],
                [2, 0, 1, 0, 0, 0, 1, 0, 0xCE],
            ].enumerated() {
                proxy.inject(rubbish)
                for role in AMQPConnectionRole.allCases { try await waitForEpoch(turn + 2, role, proxied) }
            }
            try await proxied.publish(AMQPMessage(routingKey: queue, body: [1]))
            try await proxied.deleteQueue(queue)
        }
    }
}
