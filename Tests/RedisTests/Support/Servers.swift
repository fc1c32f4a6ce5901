import Foundation
import Logging
import NIOCore
import NIOPosix
import Redis
import Testing

/// The suite's Redis, which other tests use at the same time: nothing here may disturb it.
func sharedConfiguration() throws -> RedisConfiguration {
    let url = try #require(
        ProcessInfo.processInfo.environment["SRTO_TEST_REDIS_URL"],
        "SRTO_TEST_REDIS_URL is missing: run `.ci/servers start DIR` and set it to SRTO_REDIS_URL of DIR/env")
    return try RedisConfiguration(url: url)
}

/// Runs a client for the time of `body`.
func withClient<Result>(
    _ configuration: RedisConfiguration, _ body: (RedisClient) async throws -> Result
) async throws -> Result {
    var logger = Logger(label: "redis.test")
    logger.logLevel = .error
    let client = RedisClient(
        configuration: configuration, eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger)
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { await client.run() }
        defer { group.cancelAll() }
        return try await body(client)
    }
}

/// The error that `body` throws.
func redisError(_ body: () async throws -> Void) async throws -> RedisError {
    let error = try await #require(throws: RedisError.self) { try await body() }
    return error
}

/// A key that no other test uses.
func uniqueKey(_ name: String = #function) -> String { "test:\(name):\(UUID().uuidString)" }

/// A Redis of one test's own, to pause, flush, kill and restart. Its data is gone with it.
actor PrivateRedis {
    nonisolated let port: Int
    private let folder: URL
    private let arguments: [String]
    private var process: Process?
    /// Ends with the process.
    private var ended: AsyncStream<Void>?

    /// Runs one for the time of `body`.
    static func with<Result: Sendable>(
        _ arguments: [String] = [], tls: Bool = false, _ body: (PrivateRedis) async throws -> Result
    ) async throws -> Result {
        let server = try await PrivateRedis(arguments, tls: tls)
        let result: Swift.Result<Result, any Error>
        do {
            try await server.start()
            result = .success(try await body(server))
        } catch {
            result = .failure(error)
        }
        await server.kill()
        try FileManager.default.removeItem(at: server.folder)
        return try result.get()
    }

    private init(_ arguments: [String], tls: Bool) async throws {
        port = try await freePort()
        folder = FileManager.default.temporaryDirectory.appending(path: "redis-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var all = ["--bind", "127.0.0.1", "--dir", folder.path, "--save", "", "--loglevel", "warning"] + arguments
        if tls {
            try Self.makeCertificate(in: folder)
            let certificate = ["--tls-cert-file", folder.appending(path: "cert.pem").path]
            let key = ["--tls-key-file", folder.appending(path: "key.pem").path]
            all += ["--port", "0", "--tls-port", "\(port)", "--tls-auth-clients", "no"] + certificate + key
        } else {
            all += ["--port", "\(port)"]
        }
        self.arguments = all
    }

    nonisolated var certificatePath: String { folder.appending(path: "cert.pem").path }

    func configuration(_ change: (inout RedisConfiguration) -> Void = { _ in }) -> RedisConfiguration {
        var configuration = RedisConfiguration(
            host: "127.0.0.1", port: port, poolSize: 1, backoffMaximum: .milliseconds(200))
        change(&configuration)
        return configuration
    }

    func start() async throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/redis-server")
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        let (ends, end) = AsyncStream<Void>.makeStream()
        process.terminationHandler = { _ in end.finish() }
        try process.run()
        self.process = process
        ended = ends
    }

    /// Ends it without a chance to say goodbye.
    func kill() async {
        guard let process, let ended else { return }
        self.process = nil
        if process.isRunning { Foundation.kill(process.processIdentifier, SIGKILL) }
        for await _ in ended {}
    }

    private static func makeCertificate(in folder: URL) throws {
        let openssl = Process()
        openssl.executableURL = URL(filePath: "/usr/bin/openssl")
        openssl.currentDirectoryURL = folder
        openssl.arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-keyout", "key.pem", "-out", "cert.pem", "-subj", "/CN=localhost", "-addext",
            "subjectAltName=DNS:localhost,IP:127.0.0.1",
        ]
        openssl.standardError = FileHandle.nullDevice
        try openssl.run()
        openssl.waitUntilExit()
        try #require(openssl.terminationStatus == 0, "openssl made no certificate")
    }
}

/// A port on which nothing listens.
func freePort() async throws -> Int {
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .bind(host: "127.0.0.1", port: 0).get()
    let port = try #require(channel.localAddress?.port)
    try await channel.close()
    return port
}
