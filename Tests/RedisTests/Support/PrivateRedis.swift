import Foundation
import Redis
import TestSupport
import Testing

/// A Redis of one test's own, to pause, flush, kill and restart; or a sentinel. Its data is gone with it.
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
        try await run(body) { port, folder in
            let all = ["--bind", "127.0.0.1", "--dir", folder.path, "--save", "", "--loglevel", "warning"] + arguments
            guard tls else { return all + ["--port", "\(port)"] }
            try makeCertificate(for: names, in: folder)
            let certificate = ["--tls-cert-file", folder.appending(path: "cert.pem").path]
            let key = ["--tls-key-file", folder.appending(path: "key.pem").path]
            return all + ["--port", "0", "--tls-port", "\(port)", "--tls-auth-clients", "no"] + certificate + key
        }
    }

    /// Runs a sentinel with these lines in its file for the time of `body`.
    static func withSentinel<Result: Sendable>(
        _ lines: String, _ body: (PrivateRedis) async throws -> Result
    ) async throws -> Result {
        try await run(body) { port, folder in
            let file = folder.appending(path: "sentinel.conf")
            try Data("port \(port)\nbind 127.0.0.1\ndir \(folder.path)\n\(lines)\n".utf8).write(to: file)
            return [file.path, "--sentinel"]
        }
    }

    private static func run<Result: Sendable>(
        _ body: (PrivateRedis) async throws -> Result, with arguments: (Int, URL) throws -> [String]
    ) async throws -> Result {
        let port = try FreePort.any()
        let folder = FileManager.default.temporaryDirectory.appending(path: "redis-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let result: Result
        do {
            let server = PrivateRedis(port: port, folder: folder, arguments: try arguments(port, folder))
            do {
                try await server.start()
                result = try await body(server)
            } catch {
                await server.kill()
                throw error
            }
            await server.kill()
        } catch {
            // What the test has met says more than a folder that cannot be removed.
            try? FileManager.default.removeItem(at: folder)
            throw error
        }
        try FileManager.default.removeItem(at: folder)
        return result
    }

    private init(port: Int, folder: URL, arguments: [String]) {
        (self.port, self.folder, self.arguments) = (port, folder, arguments)
    }

    nonisolated var certificatePath: String { folder.appending(path: "cert.pem").path }

    nonisolated func configuration(_ change: (inout RedisConfiguration) -> Void = { _ in }) -> RedisConfiguration {
        var configuration = RedisConfiguration(
            host: "127.0.0.1", port: port, poolSize: 1, backoffMaximum: .milliseconds(200))
        change(&configuration)
        return configuration
    }

    func start() throws {
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
            "-keyout", "key.pem", "-out", "cert.pem", "-subj", "/CN=localhost", "-addext", "subjectAltName=\(names)",
        ]
        openssl.standardError = FileHandle.nullDevice
        try openssl.run()
        openssl.waitUntilExit()
        try #require(openssl.terminationStatus == 0, "openssl made no certificate")
    }
}
