import Jobs
import Testing

extension BrokerConformance {
    static let listening = [
        BrokerPromise("what is told to all is heard by every listener, in order") { subject in
            let listeners = [
                Inbox(try await subject.broker.listen(to: Topology.control)),
                Inbox(try await subject.broker.listen(to: Topology.control)),
            ]
            for id in ["1", "2"] { try await subject.broker.publish([.sampleControl(id)]) }
            for listener in listeners {
                #expect(try await listener.take(2).map(\.message.id) == ["1", "2"])
            }
        },
        BrokerPromise("nothing is kept for a listener that is not there yet") { subject in
            let error = await #expect(throws: BrokerError.self) {
                try await subject.broker.publish([.sampleControl("early")])
            }
            #expect(error?.code == .unroutable)
            let listener = Inbox(try await subject.broker.listen(to: Topology.control))
            try await subject.broker.publish([.sampleControl("late")])
            #expect(try await listener.next().message.id == "late")
        },
        BrokerPromise("a listener that ends is gone, and the others go on") { subject in
            let first = Inbox(try await subject.broker.listen(to: Topology.control))
            let second = Inbox(try await subject.broker.listen(to: Topology.control))
            first.subscription.cancel()
            #expect(try await first.nextOrEnd() == nil)
            try await subject.broker.publish([.sampleControl("1")])
            #expect(try await second.next().message.id == "1")
        },
        BrokerPromise("a lost connection ends a listener, and listening again works") { subject in
            let listener = Inbox(try await subject.broker.listen(to: Topology.control))
            try await subject.cutConnections()
            await #expect(throws: BrokerError.self) { try await listener.nextOrEnd() }
            let again = Inbox(try await subject.broker.listen(to: Topology.control))
            try await subject.broker.publish([.sampleControl("1")])
            #expect(try await again.next().message.id == "1")
        },
    ]
}
