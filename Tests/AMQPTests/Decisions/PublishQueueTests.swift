import NIOCore
import TestSupport
import Testing

@testable import AMQP

@Suite struct PublishQueueTests {
    private func message(_ id: String, exchange: String = "") -> AMQPMessage {
        AMQPMessage(exchange: exchange, routingKey: "k", body: [], properties: AMQPProperties(messageID: id))
    }

    private func batch(_ ids: String..., deadline: Int64 = 100, exchange: String = "") -> PublishQueue.Batch {
        PublishQueue.Batch(
            messages: ids.map { message($0, exchange: exchange) }, messageIDs: ids, deadline: at(deadline))
    }

    private func at(_ seconds: Int64) -> NIODeadline { .uptimeNanoseconds(UInt64(seconds) * 1_000_000_000) }

    private func send(_ queue: inout PublishQueue) {
        while let (id, _) = queue.takeNext() { queue.didSend(id) }
    }

    private func lost(_: AMQPMessage) -> AMQPError { AMQPError(.connectionLost, "") }

    @Test func aBatchIsSettledByItsLastConfirm() throws {
        var queue = PublishQueue(maximumUnconfirmed: 100)
        queue.append(batch("a", "b"), id: 1)
        queue.append(batch("c"), id: 2)
        send(&queue)
        #expect(try queue.confirm(1, multiple: false, isAccepted: true) == 1)
        #expect(queue.takeSettled() == [])
        #expect(try queue.confirm(3, multiple: false, isAccepted: true) == 1)
        #expect(queue.takeSettled() == [.init(id: 2, failures: [:])])
        #expect(try queue.confirm(2, multiple: true, isAccepted: true) == 1)
        #expect(queue.takeSettled() == [.init(id: 1, failures: [:])])
        #expect(queue.isEmpty)
    }

    @Test func multipleSettlesEverythingUpToItsTagOnce() throws {
        var queue = PublishQueue(maximumUnconfirmed: 100)
        queue.append(batch("a", "b", "c", "d"), id: 1)
        send(&queue)
        #expect(try queue.confirm(2, multiple: false, isAccepted: true) == 1)
        #expect(try queue.confirm(3, multiple: true, isAccepted: true) == 2)
        #expect(try queue.confirm(3, multiple: true, isAccepted: true) == 0)
        #expect(try queue.confirm(2, multiple: false, isAccepted: true) == 0)
        #expect(try queue.confirm(0, multiple: true, isAccepted: true) == 1)
        #expect(queue.takeSettled().count == 1)
    }

    @Test func aTagThatWasNeverPublishedIsAViolation() throws {
        var queue = PublishQueue(maximumUnconfirmed: 100)
        queue.append(batch("a"), id: 1)
        send(&queue)
        #expect(throws: AMQPError.self) { try queue.confirm(2, multiple: true, isAccepted: true) }
    }

    @Test func aNackNamesItsMessage() throws {
        var queue = PublishQueue(maximumUnconfirmed: 100)
        queue.append(batch("a", "b"), id: 1)
        send(&queue)
        _ = try queue.confirm(1, multiple: false, isAccepted: false)
        _ = try queue.confirm(2, multiple: false, isAccepted: true)
        #expect(queue.takeSettled() == [.init(id: 1, failures: [0: AMQPError(.refused(messageID: "a"), "")])])
    }

    @Test func returnsOfEqualMessagesGoToOneAfterTheOther() throws {
        var queue = PublishQueue(maximumUnconfirmed: 100)
        for id in 1...3 { queue.append(batch("same"), id: id) }
        send(&queue)
        let fields = ServerMethod.ReturnFields(code: 312, text: "NO_ROUTE", exchange: "", routingKey: "k")
        queue.returned(fields, messageID: "same")
        queue.returned(fields, messageID: "same")
        queue.returned(fields, messageID: "unknown")
        _ = try queue.confirm(3, multiple: true, isAccepted: true)
        let failed = queue.takeSettled().filter { !$0.failures.isEmpty }.map(\.id)
        #expect(failed == [1, 2])
    }

    @Test func aLostChannelFailsWhatWasSentAndKeepsWhatWaits() throws {
        var queue = PublishQueue(maximumUnconfirmed: 2)
        queue.append(batch("a", "b"), id: 1)
        queue.append(batch("c"), id: 2)
        send(&queue)
        _ = try queue.confirm(1, multiple: false, isAccepted: true)
        queue.channelLost(lost)
        #expect(queue.takeSettled() == [.init(id: 1, failures: [1: AMQPError(.connectionLost, "")])])
        #expect(queue.hasWaiting)
        send(&queue)
        // Tags begin at 1 again.
        #expect(try queue.confirm(1, multiple: false, isAccepted: true) == 1)
        #expect(queue.takeSettled() == [.init(id: 2, failures: [:])])
    }

    @Test func deadlinesTellWaitingFromSent() throws {
        var queue = PublishQueue(maximumUnconfirmed: 1)
        queue.append(batch("a", deadline: 10), id: 1)
        queue.append(batch("b", deadline: 20), id: 2)
        send(&queue)
        let waiting = AMQPError(.notConnected, "")
        let sent = AMQPError(.timeout, "")
        #expect(queue.nextDeadline() == at(10))
        queue.expire(at(9), waitingError: waiting, sentError: sent)
        #expect(queue.takeSettled() == [])
        queue.expire(at(20), waitingError: waiting, sentError: sent)
        #expect(queue.takeSettled() == [.init(id: 1, failures: [0: sent]), .init(id: 2, failures: [0: waiting])])
        // A confirm that comes too late settles nothing and harms nothing.
        #expect(try queue.confirm(1, multiple: false, isAccepted: true) == 1)
        #expect(queue.takeSettled() == [])
        #expect(queue.nextDeadline() == nil)
    }

    @Test func theWindowOfUnconfirmedMessagesIsKept() throws {
        var queue = PublishQueue(maximumUnconfirmed: 3)
        queue.append(batch("a", "b"), id: 1)
        queue.append(batch("c", "d"), id: 2)
        send(&queue)
        #expect(queue.hasWaiting)
        _ = try queue.confirm(1, multiple: false, isAccepted: true)
        #expect(queue.takeNext()?.id == 2)
    }

    /// Random confirms, nacks, returns and losses: every batch is settled once, with the failures that it earned.
    @Test func everyBatchIsSettledExactlyOnce() throws {
        let seed = UInt64.random(in: .min ... .max)
        print("PublishQueueTests seed \(seed)")
        var generator = SeededGenerator(state: seed)
        var queue = PublishQueue(maximumUnconfirmed: 1000)
        var settled: [Int: Int] = [:]
        var lastTag: UInt64 = 0
        var next = 0
        for _ in 0..<5000 {
            switch Int.random(in: 0..<10, using: &generator) {
            case 0..<4:
                let size = Int.random(in: 1...4, using: &generator)
                let ids = (0..<size).map { "\(next)-\($0)" }
                queue.append(
                    PublishQueue.Batch(messages: ids.map { message($0) }, messageIDs: ids, deadline: at(1)), id: next)
                next += 1
                while let (id, batch) = queue.takeNext() {
                    queue.didSend(id)
                    lastTag += UInt64(batch.messages.count)
                }
            case 4..<9 where lastTag > 0:
                let tag = UInt64.random(in: 1...lastTag, using: &generator)
                _ = try queue.confirm(
                    tag, multiple: Bool.random(using: &generator), isAccepted: Bool.random(using: &generator))
            case 9 where Int.random(in: 0..<20, using: &generator) == 0:
                queue.channelLost(lost)
                lastTag = 0
            default: break
            }
            for batch in queue.takeSettled() { settled[batch.id, default: 0] += 1 }
        }
        queue.failAll(.clientClosed)
        for batch in queue.takeSettled() { settled[batch.id, default: 0] += 1 }
        #expect(settled.count == next)
        #expect(settled.values.allSatisfy { $0 == 1 })
    }
}
