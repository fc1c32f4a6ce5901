import Foundation
import Redis
import Testing

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
        _ arguments: [String] = [], tls: Bool = false, names: String = "DNS:localhost,IP:127.0.0.1",
        _ body: (PrivateRedis) async throws -> Result
    ) async throws -> Result {
        let server = try await PrivateRedis(arguments, tls: tls, names: names)
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

    private init(_ arguments: [String], tls: Bool, names: String) async throws {
        port = try await freePort()
        folder = FileManager.default.temporaryDirectory.appending(path: "redis-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var all = ["--bind", "127.0.0.1", "--dir", folder.path, "--save", "", "--loglevel", "warning"] + arguments
        if tls {
            try Self.makeCertificate(for: names, in: folder)
            let certificate = ["--tls-cert-file", folder.appending(path: "cert.pem").path]
            let key = ["--tls-key-file", folder.appending(path: "key.pem").path]
            all += ["--port", "0", "--tls-port", "\(port)", "--tls-auth-clients", "no"] + certificate + key
        } else {
            all += ["--port", "\(port)"]
        }
        self.arguments = all
    }

    nonisolated var certificatePath: String { folder.appending(path: "cert.pem").path }

    nonisolated func configuration(_ change: (inout RedisConfiguration) -> Void = { _ in }) -> RedisConfiguration {
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

    private static func makeCertificate(for names: String, in folder: URL) throws {
        let openssl = Process()
        openssl.executableURL = URL(filePath: "/usr/bin/openssl")
        openssl.currentDirectoryURL = folder
        openssl.arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-keyout", "key.pem", "-out", "cert.pem", "-subj", "/CN=localhost", "-addext",
            "subjectAltName=\(names)",
        ]
        openssl.standardError = FileHandle.nullDevice
        try openssl.run()
        openssl.waitUntilExit()
        try #require(openssl.terminationStatus == 0, "openssl made no certificate")
    }
}
