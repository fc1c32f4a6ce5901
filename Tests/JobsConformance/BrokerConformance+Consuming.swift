import Jobs
import Testing

extension BrokerConformance {
    static let consuming = [
        BrokerPromise("no more is unsettled than the prefetch") { subject in
            try await subject.publish(ids("bounded", 5), to: .importResolve)
            let inbox = try await subject.inbox(.importResolve, prefetch: 2)
            let first = try await inbox.take(2)
            #expect(try await subject.ready(.importResolve) == 3)
            try await first[0].ack()
            let third = try await inbox.next()
            #expect(third.message.id == "bounded-2")
            #expect(try await subject.ready(.importResolve) == 2)
        },
        BrokerPromise("many in flight keep their order") { subject in
            let sent = ids("ordered", 2000)
            let inbox = try await subject.inbox(.importValidateChunk, prefetch: 200)
            async let publishing: Void = {
                for start in stride(from: 0, to: sent.count, by: 100) {
                    try await subject.publish(Array(sent[start..<start + 100]), to: .importValidateChunk)
                }
            }()
            var received: [String?] = []
            while received.count < sent.count {
                let delivery = try await inbox.next()
                received.append(delivery.message.id)
                try await delivery.ack()
            }
            try await publishing
            #expect(received == sent)
        },
        BrokerPromise("what is acknowledged is forgotten") { subject in
            try await subject.publish(["done", "open"], to: .importResolve)
            let inbox = try await subject.inbox(.importResolve)
            let deliveries = try await inbox.take(2)
            try await deliveries[0].ack()
            // The second ack and requeue travel behind the first: when it is back, the first has arrived.
            try await deliveries[1].requeue()
            let back = try await inbox.next()
            #expect(back.message.id == "open")
            try await back.ack()
            inbox.subscription.cancel()
            #expect(try await inbox.nextOrEnd() == nil)
            #expect(try await subject.ready(.importResolve) == 0)
        },
        BrokerPromise("a requeue raises the delivery count") { subject in
            try await subject.publish(["again"], to: .importResolve)
            let inbox = try await subject.inbox(.importResolve)
            for count in 0..<4 {
                let delivery = try await inbox.next()
                #expect(delivery.message.id == "again")
                #expect(delivery.deliveryCount == count)
                try await delivery.requeue()
            }
        },
        BrokerPromise("consumers share a queue, each message goes to one") { subject in
            let left = try await subject.inbox(.importResolve, prefetch: 3)
            let right = try await subject.inbox(.importResolve, prefetch: 3)
            try await subject.publish(ids("shared", 6), to: .importResolve)
            let taken = try await left.take(3) + right.take(3)
            #expect(Set(taken.compactMap(\.message.id)) == Set(ids("shared", 6)))
        },
        BrokerPromise("several tasks take from one subscription, and all see its end") { subject in
            let inbox = try await subject.inbox(.importResolve, prefetch: 10)
            try await withThrowingTaskGroup(of: [String].self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        var taken: [String] = []
                        while let delivery = try await inbox.nextOrEnd() {
                            taken.append(delivery.message.id ?? "")
                            try await delivery.ack()
                            if taken.last == "last" { inbox.subscription.cancel() }
                        }
                        return taken
                    }
                }
                try await subject.publish(ids("many", 40) + ["last"], to: .importResolve)
                let taken = try await group.reduce(into: []) { $0 += $1 }
                #expect(taken.sorted() == (ids("many", 40) + ["last"]).sorted())
            }
        },
        BrokerPromise("a cancelled consumer ends, settles what it has, and leaves the rest to others") { subject in
            try await subject.publish(["in-hand"], to: .importResolve)
            let leaving = try await subject.inbox(.importResolve, prefetch: 1)
            let inHand = try await leaving.next()
            leaving.subscription.cancel()
            #expect(try await leaving.nextOrEnd() == nil)
            let staying = try await subject.inbox(.importResolve)
            try await subject.publish(ids("later", 3), to: .importResolve)
            #expect(try await staying.take(3).map(\.message.id) == ids("later", 3))
            try await inHand.requeue()
            let back = try await staying.next()
            #expect(back.message.id == "in-hand")
            #expect(back.deliveryCount == 1)
        },
        BrokerPromise("a queue with one active consumer keeps the others waiting") { subject in
            let active = try await subject.inbox(.importMerge, prefetch: 1)
            let waiting = try await subject.inbox(.importMerge, prefetch: 1)
            try await subject.publish(["first", "second"], to: .importMerge)
            let first = try await active.next()
            #expect(first.message.id == "first")
            #expect(try await subject.ready(.importMerge) == 1)
            active.subscription.cancel()
            #expect(try await active.nextOrEnd() == nil)
            try await first.ack()
            #expect(try await waiting.next().message.id == "second")
        },
        BrokerPromise("a deleted queue ends its consumer with an error") { subject in
            let inbox = try await subject.inbox(.importResolve)
            try await subject.deleteQueue(WorkQueue.importResolve.rawValue)
            let ended = await #expect(throws: BrokerError.self) { try await inbox.nextOrEnd() }
            #expect(ended?.code == .consumerCancelled)
            let refused = await #expect(throws: BrokerError.self) { try await subject.inbox(.importResolve) }
            #expect(refused?.code == .refused)
        },
        BrokerPromise("the depth tells messages and consumers, nil for a queue that is not there") { subject in
            #expect(try await subject.broker.depth(of: "no.such.queue") == nil)
            try await subject.publish(ids("deep", 3), to: .importResolve)
            let idle = try await subject.broker.depth(of: WorkQueue.importResolve.rawValue)
            #expect(idle == QueueDepth(ready: 3, consumers: 0))
            let inbox = try await subject.inbox(.importResolve, prefetch: 1)
            _ = try await inbox.next()
            let busy = try await subject.broker.depth(of: WorkQueue.importResolve.rawValue)
            #expect(busy == QueueDepth(ready: 2, consumers: 1))
        },
    ]
}
