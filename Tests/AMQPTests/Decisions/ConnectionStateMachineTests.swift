import Testing

@testable import AMQP

@Suite struct ConnectionStateMachineTests {
    private func machine(_ change: (inout AMQPConfiguration) -> Void = { _ in }) -> ConnectionStateMachine {
        var configuration = AMQPConfiguration(username: "me", password: "secret", virtualHost: "place")
        change(&configuration)
        return ConnectionStateMachine(configuration: configuration, connectionName: "test")
    }

    private func opened() throws -> ConnectionStateMachine {
        var machine = machine()
        _ = try machine.receive(.connectionStart(mechanisms: "PLAIN AMQPLAIN"))
        _ = try machine.receive(.connectionTune(channelMax: 2047, frameMax: 131_072, heartbeatSeconds: 60))
        #expect(try machine.receive(.connectionOpenOk) == [.opened])
        return machine
    }

    @Test func theHandshakeGoesStepByStep() throws {
        var machine = machine()
        #expect(
            try machine.receive(.connectionStart(mechanisms: "AMQPLAIN PLAIN"))
                == [.send(.connectionStartOk(username: "me", password: "secret", connectionName: "test"))])
        let limits = ConnectionStateMachine.Limits(channelMax: 2047, frameMax: 8192, heartbeatSeconds: 15)
        #expect(
            try machine.receive(.connectionTune(channelMax: 0, frameMax: 8192, heartbeatSeconds: 60)) == [
                .apply(limits), .send(.connectionTuneOk(channelMax: 2047, frameMax: 8192, heartbeatSeconds: 15)),
                .send(.connectionOpen(virtualHost: "place")),
            ])
        #expect(!machine.isOpen)
        #expect(try machine.receive(.connectionOpenOk) == [.opened])
        #expect(machine.isOpen)
    }

    @Test(arguments: [
        (60, 15), (10, 10), (0, 15),
    ]) func theShorterHeartbeatWins(theirs: Int, agreed: Int) throws {
        var machine = machine()
        _ = try machine.receive(.connectionStart(mechanisms: "PLAIN"))
        let actions = try machine.receive(.connectionTune(channelMax: 1, frameMax: 0, heartbeatSeconds: theirs))
        #expect(
            actions.first == .apply(.init(channelMax: 1, frameMax: 131_072, heartbeatSeconds: agreed)))
    }

    @Test func refusalsAreToldApartByWhereTheyHappen() throws {
        var machine = machine()
        _ = try machine.receive(.connectionStart(mechanisms: "PLAIN"))
        let login = try machine.receive(.connectionClose(code: 403, text: "ACCESS_REFUSED"))
        #expect(login == [.send(.connectionCloseOk), .closeSocket(AMQPError(.refusedCredentials, ""))])

        machine = self.machine()
        _ = try machine.receive(.connectionStart(mechanisms: "PLAIN"))
        _ = try machine.receive(.connectionTune(channelMax: 1, frameMax: 4096, heartbeatSeconds: 1))
        let place = try machine.receive(.connectionClose(code: 530, text: "NOT_ALLOWED - vhost place not found"))
        #expect(place == [.send(.connectionCloseOk), .closeSocket(AMQPError(.refusedVirtualHost, ""))])

        machine = try opened()
        let forced = try machine.receive(.connectionClose(code: 320, text: "CONNECTION_FORCED"))
        #expect(
            forced == [
                .send(.connectionCloseOk),
                .closeSocket(AMQPError(.connectionClosed(code: 320, text: "CONNECTION_FORCED"), "")),
            ])
        #expect(machine.transportClosed().code == .clientClosed)
    }

    @Test func aSilentEndSaysWhatItProbablyMeans() throws {
        var machine = machine()
        #expect(machine.transportClosed().code == .notConnected)
        machine = self.machine()
        _ = try machine.receive(.connectionStart(mechanisms: "PLAIN"))
        #expect(machine.transportClosed().code == .refusedCredentials)
        machine = try opened()
        #expect(machine.transportClosed().code == .connectionLost)
    }

    @Test func ourCloseWaitsForItsAnswer() throws {
        var machine = try opened()
        #expect(machine.beginClose() == [.send(.connectionClose(code: 200, text: "goodbye"))])
        #expect(machine.beginClose() == [])
        #expect(try machine.receive(.connectionBlocked(reason: "late")) == [])
        #expect(try machine.receive(.connectionCloseOk) == [.closeSocket(.clientClosed)])
        machine = self.machine()
        #expect(machine.beginClose() == [.closeSocket(.clientClosed)])
    }

    @Test func whatDoesNotBelongIsAViolation() throws {
        var fresh = machine()
        #expect(throws: AMQPError.self) { try fresh.receive(.connectionOpenOk) }
        var strange = machine()
        #expect(throws: AMQPError.self) { try strange.receive(.connectionStart(mechanisms: "EXTERNAL")) }
        var open = try opened()
        #expect(throws: AMQPError.self) {
            try open.receive(.connectionTune(channelMax: 1, frameMax: 4096, heartbeatSeconds: 1))
        }
        var small = machine()
        _ = try small.receive(.connectionStart(mechanisms: "PLAIN"))
        #expect(throws: AMQPError.self) {
            try small.receive(.connectionTune(channelMax: 1, frameMax: 10, heartbeatSeconds: 1))
        }
    }

    @Test func blockedAndUnblockedArePassedOn() throws {
        var machine = try opened()
        #expect(try machine.receive(.connectionBlocked(reason: "low on memory")) == [.blocked(reason: "low on memory")])
        #expect(try machine.receive(.connectionUnblocked) == [.unblocked])
    }
}
