import Jobs
import Testing

extension BrokerConformance {
    static let publishing = [
        BrokerPromise("a message arrives as it was sent") { subject in
            let sent = WireMessage.sample("whole")
            try await subject.publish(["whole"], to: .importResolve)
            let delivery = try await subject.inbox(.importResolve).next()
            #expect(delivery.message.id == sent.id)
            #expect(delivery.message.type == sent.type)
            #expect(delivery.message.body == sent.body)
            for (name, value) in sent.headers { #expect(delivery.message.headers[name] == value) }
            #expect(delivery.deliveryCount == 0)
            #expect(delivery.offset == nil)
            try await delivery.ack()
        },
        BrokerPromise("bodies of any bytes and size arrive whole") { subject in
            let bodies: [[UInt8]] = [[], Array(0...255), Array(repeating: 0xCE, count: 300_000)]
            let inbox = try await subject.inbox(.importResolve)
            for (position, body) in bodies.enumerated() {
                var outbound = OutboundMessage.sample("body-\(position)", to: .importResolve)
                outbound.message.body = body
                try await subject.broker.publish([outbound])
                let delivery = try await inbox.next()
                #expect(delivery.message.body == body)
                try await delivery.ack()
            }
        },
        BrokerPromise("what is confirmed lies in its queue") { subject in
            try await subject.publish(ids("confirmed", 25), to: .importResolve)
            #expect(try await subject.ready(.importResolve) == 25)
        },
        BrokerPromise("a message that no queue takes is an error, and its neighbours are stored") { subject in
            var lost = OutboundMessage.sample("lost", to: .importResolve)
            lost.routingKey = "no.such.queue"
            let error = await #expect(throws: BrokerError.self) {
                try await subject.broker.publish([
                    .sample("before", to: .importResolve), lost, .sample("after", to: .importResolve),
                ])
            }
            #expect(error?.code == .unroutable)
            #expect(error?.messageID == "lost")
            let inbox = try await subject.inbox(.importResolve)
            #expect(try await inbox.take(2).map(\.message.id) == ["before", "after"])
        },
        BrokerPromise("an exchange that is not there is an error, and publishing goes on afterwards") { subject in
            var lost = OutboundMessage.sample("lost", to: .importResolve)
            lost.exchange = "srto.no-such-exchange"
            await #expect(throws: BrokerError.self) { try await subject.broker.publish([lost]) }
            try await subject.publish(["next"], to: .importResolve)
            #expect(try await subject.inbox(.importResolve).next().message.id == "next")
        },
        BrokerPromise("a message that cannot be carried is unacceptable, and publishing goes on afterwards") {
            subject in
            let endless = OutboundMessage.sample(String(repeating: "x", count: 256), to: .importResolve)
            let error = await #expect(throws: BrokerError.self) {
                try await subject.broker.publish([.sample("before", to: .importResolve), endless])
            }
            #expect(error?.code == .unacceptable)
            #expect(try await subject.ready(.importResolve) == 0)
            try await subject.publish(["next"], to: .importResolve)
            #expect(try await subject.inbox(.importResolve).next().message.id == "next")
        },
        BrokerPromise("publishers at once lose nothing and double nothing") { subject in
            let wanted = Set(ids("a", 100) + ids("b", 100) + ids("c", 100) + ids("d", 100))
            try await withThrowingDiscardingTaskGroup { group in
                for prefix in ["a", "b", "c", "d"] {
                    group.addTask {
                        for id in ids(prefix, 100) { try await subject.publish([id], to: .importResolve) }
                    }
                }
            }
            let deliveries = try await subject.inbox(.importResolve, prefetch: 400).take(400)
            #expect(Set(deliveries.compactMap(\.message.id)) == wanted)
            #expect(try await subject.ready(.importResolve) == 0)
        },
    ]
}
