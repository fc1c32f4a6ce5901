import Jobs
import Testing

extension BrokerConformance {
    static let recovering = [
        BrokerPromise("after a cut what was unsettled comes again, and old acks have no effect") { subject in
            try await subject.publish(["cut"], to: .importResolve)
            let inbox = try await subject.inbox(.importResolve)
            let before = try await inbox.next()
            try await subject.cutConnections()
            let after = try await inbox.next()
            #expect(after.message.id == "cut")
            #expect(after.deliveryCount == 1)
            await settleLate(before)
            // Had the old ack counted, nothing would be left to come back.
            try await after.requeue()
            let again = try await inbox.next()
            #expect(again.message.id == "cut")
            #expect(again.deliveryCount == 2)
            try await again.ack()
        },
        BrokerPromise("after a cut publishing and consuming go on") { subject in
            let inbox = try await subject.inbox(.importResolve)
            try await subject.publish(["before"], to: .importResolve)
            try await inbox.next().ack()
            try await subject.cutConnections()
            // The ack may have been lost with the connection, a publish may meet the cut: both may be done again.
            for _ in 0..<10 {
                do throws(BrokerError) {
                    try await subject.broker.publish([.sample("after", to: .importResolve)])
                    break
                } catch {
                    #expect(error.code == .unavailable)
                }
            }
            var delivery = try await inbox.next()
            while delivery.message.id == "before" {
                try await delivery.ack()
                delivery = try await inbox.next()
            }
            #expect(delivery.message.id == "after")
        },
        BrokerPromise("what is confirmed survives cuts, in its order") { subject in
            try await subject.publish(ids("kept", 50), to: .importResolve)
            try await subject.cutConnections()
            let inbox = try await subject.inbox(.importResolve, prefetch: 50)
            #expect(try await inbox.take(50).map(\.message.id) == ids("kept", 50))
        },
    ]

    /// Acknowledges by a delivery of a connection that is gone: an error is as good as no effect.
    private static func settleLate(_ delivery: Delivery) async {
        do throws(BrokerError) {
            try await delivery.ack()
        } catch {
            #expect(error.code == .unavailable)
        }
    }
}
