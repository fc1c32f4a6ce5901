import Jobs
import Testing

extension BrokerConformance {
    static let routing = [
        BrokerPromise("a delayed message comes back to its work queue, not before its time") { subject in
            let delay = DelayQueue.oneSecond
            for queue in [WorkQueue.importResolve, .snapshotRegenerate] {
                var outbound = OutboundMessage.sample("later-\(queue.rawValue)", to: queue)
                outbound.exchange = delay.rawValue
                try await subject.broker.publish([outbound])
            }
            #expect(try await subject.ready(.importResolve) == 0)
            let inboxes = (try await subject.inbox(.importResolve), try await subject.inbox(.snapshotRegenerate))
            try await subject.letPass(delay.delay)
            let back = (try await inboxes.0.next(), try await inboxes.1.next())
            #expect(back.0.message.id == "later-import.resolve")
            #expect(back.1.message.id == "later-snapshot.regenerate")
            #expect(back.0.message.body == WireMessage.sample("later-import.resolve").body)
            #expect(back.0.message.integer(HeaderName.attempts) == 3)
            #expect(back.0.deliveryCount == 0)
        },
        BrokerPromise("a dead letter goes to the dead-letter queue of its work queue") { subject in
            for queue in WorkQueue.allCases {
                var outbound = OutboundMessage.sample("dead-\(queue.rawValue)", to: queue)
                outbound.exchange = Topology.dead
                try await subject.broker.publish([outbound])
            }
            for queue in WorkQueue.allCases {
                let inbox = Inbox(try await subject.broker.subscribe(to: queue.deadLetterQueue, prefetch: 1))
                #expect(try await inbox.next().message.id == "dead-\(queue.rawValue)")
            }
        },
        BrokerPromise("a message delivered too often is dead, with the broker's reason") { subject in
            try await subject.publish(["poison", "harmless"], to: .importResolve)
            let inbox = try await subject.inbox(.importResolve, prefetch: 1)
            var deliveries = 0
            var last = try await inbox.next()
            while last.message.id == "poison", deliveries < 50 {
                #expect(last.deliveryCount == deliveries)
                deliveries += 1
                try await last.requeue()
                last = try await inbox.next()
            }
            // One delivery, and as many more as the limit allows.
            #expect(deliveries == RetryPolicy.mostAttempts + 2)
            #expect(last.message.id == "harmless")
            let dead = Inbox(
                try await subject.broker.subscribe(to: WorkQueue.importResolve.deadLetterQueue, prefetch: 1))
            let letter = try await dead.next()
            #expect(letter.message.id == "poison")
            #expect(letter.message.body == WireMessage.sample("poison").body)
            #expect(letter.message.text(HeaderName.firstDeathReason) == "delivery_limit")
        },
    ]
}
