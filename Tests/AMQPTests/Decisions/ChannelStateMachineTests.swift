import NIOCore
import Testing

@testable import AMQP

@Suite struct ChannelStateMachineTests {
    private func ready() throws -> ChannelStateMachine {
        var machine = ChannelStateMachine(maximumBodyBytes: 10)
        #expect(machine.open(setup: []) == .channelOpen)
        #expect(try machine.receive(.channelOpenOk) == .ready(last: .channelOpenOk, next: nil))
        return machine
    }

    private let fields = ServerMethod.DeliverFields(deliveryTag: 1, isRedelivered: false, exchange: "", routingKey: "q")

    @Test func theSetUpIsSentStepByStepAndRequestsFollow() throws {
        var machine = ChannelStateMachine(maximumBodyBytes: 10)
        #expect(machine.request(.queuePurge(queue: "q"), id: 7) == nil)
        #expect(machine.open(setup: [.qos(prefetch: 1), .confirmSelect]) == .channelOpen)
        #expect(try machine.receive(.channelOpenOk) == .send(.qos(prefetch: 1)))
        #expect(try machine.receive(.qosOk) == .send(.confirmSelect))
        #expect(
            try machine.receive(.confirmSelectOk)
                == .ready(last: .confirmSelectOk, next: .queuePurge(queue: "q")))
        #expect(try machine.receive(.queuePurgeOk(messages: 3)) == .reply(7, .queuePurgeOk(messages: 3), next: nil))
    }

    @Test func requestsAreAnsweredOneAfterAnother() throws {
        var machine = try ready()
        #expect(machine.request(.queuePurge(queue: "a"), id: 1) == .queuePurge(queue: "a"))
        #expect(machine.request(.queuePurge(queue: "b"), id: 2) == nil)
        #expect(machine.request(.queuePurge(queue: "c"), id: 3) == nil)
        #expect(machine.withdraw(2) == true)
        #expect(machine.withdraw(1) == false)
        #expect(
            try machine.receive(.queuePurgeOk(messages: 0))
                == .reply(1, .queuePurgeOk(messages: 0), next: .queuePurge(queue: "c")))
    }

    @Test func aCloseByTheBrokerFailsOnlyTheRequestUnderWay() throws {
        var machine = try ready()
        _ = machine.request(.queuePurge(queue: "a"), id: 1)
        _ = machine.request(.queuePurge(queue: "b"), id: 2)
        #expect(
            try machine.receive(.channelClose(code: 404, text: "no queue"))
                == .closedByServer(code: 404, text: "no queue", failed: 1))
        #expect(machine.isClosed)
        #expect(machine.open(setup: []) == .channelOpen)
        #expect(try machine.receive(.channelOpenOk) == .ready(last: .channelOpenOk, next: .queuePurge(queue: "b")))
    }

    @Test func aCloseDuringTheSetUpForgetsTheRestOfIt() throws {
        var machine = ChannelStateMachine(maximumBodyBytes: 10)
        _ = machine.open(setup: [.qos(prefetch: 1), .confirmSelect])
        _ = try machine.receive(.channelOpenOk)
        #expect(
            try machine.receive(.channelClose(code: 406, text: "")) == .closedByServer(code: 406, text: "", failed: nil)
        )
        _ = machine.open(setup: [])
        #expect(try machine.receive(.channelOpenOk) == .ready(last: .channelOpenOk, next: nil))
    }

    @Test func aLostConnectionKeepsWhatWaits() throws {
        var machine = try ready()
        _ = machine.request(.queuePurge(queue: "a"), id: 1)
        _ = machine.request(.queuePurge(queue: "b"), id: 2)
        #expect(machine.connectionClosed() == 1)
        _ = machine.open(setup: [])
        #expect(try machine.receive(.channelOpenOk) == .ready(last: .channelOpenOk, next: .queuePurge(queue: "b")))
    }

    @Test func ourCloseIgnoresWhatIsStillOnItsWay() throws {
        var machine = try ready()
        #expect(machine.beginClose() == .channelClose(code: 200, text: "done"))
        #expect(machine.beginClose() == nil)
        #expect(try machine.receive(.deliver(fields)) == .nothing)
        #expect(try machine.receive(AMQPProperties(), bodySize: 3) == .nothing)
        #expect(try machine.receive(.channelClose(code: 406, text: "")) == .send(.channelCloseOk))
        #expect(try machine.receive(.channelCloseOk) == .closed)
        #expect(machine.isClosed)
    }

    @Test func aMessageIsPutTogetherFromItsFrames() throws {
        var machine = try ready()
        #expect(try machine.receive(.deliver(fields)) == .nothing)
        #expect(try machine.receive(AMQPProperties(type: "t"), bodySize: 5) == .nothing)
        #expect(try machine.receive(ByteBuffer(bytes: [1, 2])) == .nothing)
        let whole = ContentAssembler.Content(
            start: .deliver(fields), properties: AMQPProperties(type: "t"), body: [1, 2, 3, 4, 5], isOversized: false)
        #expect(try machine.receive(ByteBuffer(bytes: [3, 4, 5])) == .content(whole))
        _ = try machine.receive(.deliver(fields))
        guard case .content(let empty) = try machine.receive(AMQPProperties(), bodySize: 0) else {
            Issue.record("no message")
            return
        }
        #expect(empty.body.isEmpty)
    }

    @Test func anOversizedBodyIsNotHeld() throws {
        var machine = try ready()
        _ = try machine.receive(.deliver(fields))
        _ = try machine.receive(AMQPProperties(), bodySize: 11)
        guard case .content(let content) = try machine.receive(ByteBuffer(repeating: 0, count: 11)) else {
            Issue.record("no message")
            return
        }
        #expect(content.isOversized && content.body.isEmpty)
    }

    @Test func framesOutOfPlaceAreViolations() throws {
        let machine = try ready()
        var copy = machine
        #expect(throws: AMQPError.self) { try copy.receive(AMQPProperties(), bodySize: 1) }
        copy = machine
        #expect(throws: AMQPError.self) { try copy.receive(ByteBuffer(bytes: [1])) }
        copy = machine
        #expect(throws: AMQPError.self) { try copy.receive(.qosOk) }
        copy = machine
        _ = try copy.receive(.deliver(fields))
        #expect(throws: AMQPError.self) { try copy.receive(.ack(deliveryTag: 1, multiple: false)) }
        copy = machine
        _ = try copy.receive(.deliver(fields))
        _ = try copy.receive(AMQPProperties(), bodySize: 1)
        #expect(throws: AMQPError.self) { try copy.receive(ByteBuffer(bytes: [1, 2])) }
        copy = ChannelStateMachine(maximumBodyBytes: 10)
        #expect(throws: AMQPError.self) { try copy.receive(.channelOpenOk) }
    }
}
