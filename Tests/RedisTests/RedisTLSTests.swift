import Foundation
import NIOSSL
import Redis
import Testing

/// rediss against a real Redis with a certificate of its own making.
@Suite(.timeLimit(.minutes(1))) struct RedisTLSTests {
    /// Seen red with `cacertfile` not read.
    @Test(arguments: ["localhost", "127.0.0.1"]) func commandsTravelOverTLS(_ host: String) async throws {
        try await PrivateRedis.with(tls: true) { server in
            let url = "rediss://\(host):\(server.port)/3?cacertfile=\(server.certificatePath)"
            try await withClient(RedisConfiguration(url: url)) { client in
                let value = Array(repeating: UInt8(7), count: 500_000)
                try await untilConnected { try await client.set("key", to: .bytes(value)) }
                #expect(try await client.get("key") == value)
            }
        }
    }

    /// Seen red with `certificateVerification = .none`.
    @Test func untrustedCertificateIsRefusedBeforeAnythingIsSent() async throws {
        try await PrivateRedis.with(["--requirepass", "secret"], tls: true) { server in
            let url = "rediss://:secret@localhost:\(server.port)"
            let error = try await refusal(RedisConfiguration(url: url), by: server)
            #expect(error.message.contains("not trusted") && error.message.contains("cacertfile"), "\(error)")
        }
    }

    /// Seen red with `certificateVerification = .none`.
    @Test func certificateOfAnotherHostIsRefused() async throws {
        try await PrivateRedis.with(
            ["--requirepass", "secret"], tls: true, names: "DNS:elsewhere.example"
        ) { server in
            let url = "rediss://:secret@localhost:\(server.port)?cacertfile=\(server.certificatePath)"
            let error = try await refusal(RedisConfiguration(url: url), by: server)
            #expect(error.message.contains("not one for localhost"), "\(error)")
        }
    }

    /// Debian's OpenSSL speaks TLS 1.1 at its lowest level of security only. Seen red with NIOSSL's own minimum, TLS 1.0.
    @Test func whatIsOlderThanTLS12IsRefused() async throws {
        let old = ["--tls-protocols", "TLSv1.1", "--tls-ciphers", "ALL:@SECLEVEL=0"]
        try await PrivateRedis.with(old, tls: true) { server in
            let url = "rediss://localhost:\(server.port)?cacertfile=\(server.certificatePath)"
            try await withClient(patient(RedisConfiguration(url: url))) { client in
                let error = try await redisError { try await client.ping() }
                #expect(error.code == .refusedTLS && error.message.contains("1.2"), "\(error)")
            }
        }
    }

    /// Redis takes a handshake for the beginning of a command, and waits for the rest.
    @Test func serverWithoutTLSIsGivenUpInTime() async throws {
        try await PrivateRedis.with { server in
            var configuration = try RedisConfiguration(url: "rediss://localhost:\(server.port)")
            configuration.connectTimeout = .milliseconds(500)
            configuration.commandTimeout = .seconds(3)
            try await withClient(configuration) { client in
                let error = try await redisError { try await client.ping() }
                #expect(error.code == .notConnected && "\(error)".contains("speaks TLS"), "\(error)")
            }
        }
    }

    @Test func fileOfAuthoritiesThatIsNotThereIsToldAtOnce() async throws {
        let configuration = try RedisConfiguration(url: "rediss://localhost?cacertfile=/nowhere/ca.pem")
        try await withClient(patient(configuration)) { client in
            let error = try await redisError { try await client.ping() }
            #expect(error.code == .invalidConfiguration && error.message.contains("file"), "\(error)")
        }
    }

    /// The error that a client meets, while another that trusts the server sees that no command has come from it.
    private func refusal(_ configuration: RedisConfiguration, by server: PrivateRedis) async throws -> RedisError {
        let observing = server.configuration {
            $0.tls = .makeClientConfiguration()
            $0.tls?.trustRoots = .file(server.certificatePath)
            $0.tls?.certificateVerification = .noHostnameVerification
            $0.password = "secret"
        }
        return try await withClient(observing) { observer in
            try await untilConnected { _ = try await observer.send(RedisCommand("CONFIG", "RESETSTAT")) }
            let error = try await withClient(patient(configuration)) { client in
                try await redisError { try await client.ping() }
            }
            #expect(error.code == .refusedTLS && !error.mayHaveBeenExecuted, "\(error)")
            let seen = try await observer.send(RedisCommand("INFO", "commandstats")).string()
            #expect(!seen.contains("cmdstat_auth") && !seen.contains("cmdstat_ping"), "\(seen)")
            return error
        }
    }

    /// So much time for commands that only an error which is told at once comes within the suite's limit.
    private func patient(_ configuration: RedisConfiguration) -> RedisConfiguration {
        var configuration = configuration
        configuration.commandTimeout = .seconds(300)
        return configuration
    }
}
