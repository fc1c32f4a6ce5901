import AMQP
import Foundation
import NIOPosix
import NIOSSL
import TestSupport
import Testing

/// The real broker behind a proxy that ends TLS.
@Suite struct TLSTests {
    private func withTLS(
        trusting roots: (TestCertificate) -> NIOSSLTrustRoots, newest: TLSVersion? = nil,
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
        try await FaultProxy.with(host: broker.host, port: broker.port, tls: certificate.serverContext(newest: newest))
        { _, port in
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

    /// Seen red with NIOSSL's own minimum, TLS 1.0.
    @Test func whatIsOlderThanTLS12IsRefused() async throws {
        try await withTLS(trusting: { .certificates([$0.certificate]) }, newest: .tlsv11) { client in
            do throws(AMQPError) {
                try await client.waitUntilConnected()
                Issue.record("connected over TLS 1.1")
            } catch {
                #expect(error.code == .notConnected)
                #expect("\(error)".contains("PROTOCOL_VERSION"))
            }
        }
    }

    /// Seen red with `cacertfile` not read.
    @Test func theURLNamesTheAuthoritiesToTrust() async throws {
        let broker = try TestBroker.configuration()
        let certificate = try TestCertificate()
        let context = try certificate.serverContext()
        try await TestFolder.with { folder in
            let file = folder.appending(path: "ca.pem")
            try certificate.pem.write(to: file)
            try await FaultProxy.with(host: broker.host, port: broker.port, tls: context) { _, port in
                var configuration = try AMQPConfiguration(url: "amqps://localhost:\(port)?cacertfile=\(file.path)")
                (configuration.username, configuration.password) = (broker.username, broker.password)
                configuration.virtualHost = broker.virtualHost
                try await TestBroker.withClient(configuration) { try await $0.waitUntilConnected() }
            }
        }
    }

    @Test func aFileOfAuthoritiesThatIsNotThereIsToldAtOnce() throws {
        let configuration = try AMQPConfiguration(url: "amqps://localhost?cacertfile=/nowhere/ca.pem")
        let error = #expect(throws: AMQPError.self) {
            try AMQPClient(configuration: configuration, eventLoopGroup: MultiThreadedEventLoopGroup.singleton)
        }
        #expect(error?.code == .invalidConfiguration)
    }
}
