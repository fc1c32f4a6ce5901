import AMQP
import NIOSSL
import TestSupport
import Testing

/// The real broker behind a proxy that ends TLS.
@Suite struct TLSTests {
    private func withTLS(
        trusting roots: (TestCertificate) -> NIOSSLTrustRoots,
        _ body: @escaping @Sendable (AMQPClient) async throws -> Void
    ) async throws {
        let broker = try TestBroker.configuration()
        let certificate = try TestCertificate()
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = roots(certificate)
        var configuration = broker
        (configuration.host, configuration.tls) = ("localhost", tls)
        configuration.connectTimeout = .seconds(3)
        let base = configuration
        try await FaultProxy.with(host: broker.host, port: broker.port, tls: certificate.serverContext()) { _, port in
            var configuration = base
            configuration.port = port
            try await TestBroker.withClient(configuration, body)
        }
    }

    @Test func messagesTravelThroughTLS() async throws {
        try await withTLS(trusting: { .certificates([$0.certificate]) }) { client in
            try await client.waitUntilConnected()
            try await TestBroker.withQueue(client) { queue in
                let body = Array(repeating: UInt8(7), count: 500_000)
                try await client.publish(AMQPMessage(routingKey: queue, body: body))
                let consumer = try await client.consume(queue: queue, prefetch: 1)
                let delivery = try await withDeadline("a delivery") { try await consumer.first { _ in true } }
                #expect(delivery?.body == body)
                delivery?.ack()
            }
        }
    }

    @Test func aCertificateThatNobodyTrustsIsRefused() async throws {
        try await withTLS(trusting: { _ in .default }) { client in
            do throws(AMQPError) {
                try await client.waitUntilConnected()
                Issue.record("connected to a peer that nobody trusts")
            } catch {
                #expect(error.code == .notConnected)
                #expect("\(error)".contains("CERTIFICATE_VERIFY_FAILED"))
            }
        }
    }
}
