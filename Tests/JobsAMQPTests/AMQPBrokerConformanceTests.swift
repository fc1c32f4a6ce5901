import JobsConformance
import Testing

/// What the port promises, kept by RabbitMQ.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct AMQPBrokerConformanceTests {
    @Test(arguments: BrokerConformance.promises)
    func keeps(_ promise: BrokerPromise) async throws {
        try await RabbitMQSubject.with { try await promise.check(on: $0) }
    }
}
