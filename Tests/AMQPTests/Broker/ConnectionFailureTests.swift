import AMQP
import NIOPosix
import TestSupport
import Testing

@Suite struct ConnectionFailureTests {
    private func failure(_ change: (inout AMQPConfiguration) throws -> Void) async throws -> AMQPError? {
        var configuration = try TestBroker.configuration()
        configuration.connectTimeout = .seconds(3)
        try change(&configuration)
        return try await TestBroker.withClient(configuration) { client in
            do throws(AMQPError) {
                try await client.waitUntilConnected()
                return nil
            } catch {
                return error
            }
        }
    }

    @Test func aWrongPasswordSaysSo() async throws {
        let error = try await failure { $0.password = "wrong-\(UInt64.random(in: .min ... .max))" }
        #expect(error?.code == .refusedCredentials)
        #expect(error?.message.contains("user name and password") == true)
        #expect(error.map { "\($0)" }?.contains("wrong-") == false, "the password is told")
    }

    @Test func aMissingVirtualHostSaysSo() async throws {
        let error = try await failure { $0.virtualHost = "no-such-vhost" }
        #expect(error?.code == .refusedVirtualHost)
        #expect(error?.message.contains("no-such-vhost") == true)
    }

    @Test func nothingListeningSaysWhere() async throws {
        let error = try await failure { $0.port = 1 }
        #expect(error?.code == .notConnected)
        #expect(error?.message.contains("127.0.0.1:1") == true)
    }

    @Test func somethingElseThatListensSaysSo() async throws {
        let url = try TestBroker.variable("SRTO_TEST_MANAGEMENT_URL")
        let error = try await failure { configuration in
            configuration.port = url.split(separator: ":").last.flatMap { Int($0.filter(\.isNumber)) } ?? 0
        }
        #expect([.protocolViolation, .notConnected].contains(error?.code), "\(String(describing: error))")
    }

    @Test func callsWithoutAConnectionWaitUntilTheirDeadline() async throws {
        var configuration = try TestBroker.configuration()
        configuration.port = 1
        configuration.publishTimeout = .milliseconds(200)
        configuration.requestTimeout = .milliseconds(200)
        try await TestBroker.withClient(configuration) { client in
            let start = ContinuousClock.now
            let calls: [@Sendable () async throws -> Void] = [
                { try await client.publish(AMQPMessage(routingKey: "q", body: [])) },
                { _ = try await client.declareQueue("q") },
                { _ = try await client.consume(queue: "q", prefetch: 1) },
            ]
            for call in calls {
                do {
                    try await call()
                    Issue.record("it worked without a broker")
                } catch {
                    #expect((error as? AMQPError)?.code == .notConnected)
                }
            }
            #expect(ContinuousClock.now - start > .milliseconds(500))
        }
    }

    @Test func aShutDownClientRefusesEverything() async throws {
        let configuration = try TestBroker.configuration()
        let client = try AMQPClient(configuration: configuration, eventLoopGroup: MultiThreadedEventLoopGroup.singleton)
        let queue = TestBroker.name("shutdown")
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await client.run() }
            try await client.declareQueue(queue, exclusive: false, autoDelete: true)
            let consumer = try await client.consume(queue: queue, prefetch: 1)
            async let publishing: Void = client.publish(AMQPMessage(routingKey: queue, body: [1]))
            try await eventually("it is under way") { client.statistics.published == 1 }
            await client.shutdown()
            // What was under way is confirmed, the consumer ended.
            try await publishing
            for try await _ in consumer { break }
            await #expect(throws: AMQPError.self) {
                try await client.publish(AMQPMessage(routingKey: queue, body: []))
            }
            await #expect(throws: AMQPError.self) { try await client.declareQueue(queue) }
            await #expect(throws: AMQPError.self) { _ = try await client.consume(queue: queue, prefetch: 1) }
            guard case .closed = client.state(of: .publishing) else {
                Issue.record("\(client.state(of: .publishing))")
                return
            }
        }
    }

    @Test func cancellingRunEndsWhatWaits() async throws {
        var configuration = try TestBroker.configuration()
        configuration.port = 1
        let client = try AMQPClient(configuration: configuration, eventLoopGroup: MultiThreadedEventLoopGroup.singleton)
        let running = Task { await client.run() }
        async let publishing: Void = client.publish(AMQPMessage(routingKey: "q", body: []))
        running.cancel()
        try await withDeadline("run returns", within: .seconds(5)) { await running.value }
        do {
            try await publishing
            Issue.record("published")
        } catch let error as AMQPError {
            #expect(error.code == .clientClosed)
        }
    }
}
