import Foundation
import NIOCore
import NIOPosix
import TestSupport

/// What `docker/compose.yaml` describes, run on this machine without containers: the same commands, flags, settings and
/// health checks, with names of hosts and paths in containers replaced by loopback and a folder of the test's own.
struct NativeStack: Sendable {
    private static let rabbitmqPassword = "0123456789abcdef0123456789abcdef"
    private static let redisPassword = "fedcba9876543210fedcba9876543210"
    /// What stands in `docker/.env`.
    static let variables = ["SRTO_RABBITMQ_PASSWORD": rabbitmqPassword, "SRTO_REDIS_PASSWORD": redisPassword]

    let folder: URL
    private let ports: [String: Int]

    private var bin: URL { folder.appending(path: "bin") }

    /// Starts RabbitMQ and Redis with the compose file's settings, waits until their health checks succeed, runs
    /// `body` and stops both.
    static func with(_ body: @escaping @Sendable (NativeStack) async throws -> Void) async throws {
        let compose = try ComposeFile(variables: variables)
        let binary = try TestServers.setting("SRTO_TEST_BINARY")
        try await TestFolder.with { folder in
            let bin = folder.appending(path: "bin")
            try FileManager.default.createDirectory(at: bin, withIntermediateDirectories: true)
            try FileManager.default.createSymbolicLink(
                atPath: bin.appending(path: "srto").path, withDestinationPath: binary)
            try lay(try compose.service("rabbitmq"), of: compose, in: folder)
            try await servers("start-rabbitmq", folder)
            do {
                let stack = NativeStack(folder: folder, ports: try await ports(folder))
                try stack.addDiagnostics()
                try await stack.waitUntilHealthy(stack.healthCheck(of: try compose.service("rabbitmq")))
                try await stack.withRedis(try compose.service("redis")) { try await body(stack) }
            } catch {
                try await servers("stop-rabbitmq", folder)
                throw error
            }
            try await servers("stop-rabbitmq", folder)
        }
    }

    /// A command of a service with its environment.
    func command(_ words: [String], of service: ComposeFile.Service) -> Command {
        var environment = service.environment.mapValues(local)
        if environment["SRTO_HOME"] != nil {
            environment["SRTO_HOME"] = folder.appending(path: "data").path
            environment["SRTO_HTTP_HOST"] = "127.0.0.1"
            environment["SRTO_HTTP_PORT"] = "\(ports["http_port"] ?? 0)"
        }
        environment["PATH"] = bin.path + ":" + Self.path
        return Command(words: words.map(local), environment: environment, folder: TestServers.repository)
    }

    /// The health check of a service.
    func healthCheck(of service: ComposeFile.Service) -> Command { command(service.healthCheck, of: service) }

    /// Repeats a health check as the engine does, until it succeeds.
    func waitUntilHealthy(_ check: Command) async throws {
        try await eventually("the health check \(check.words)") { try await check.run() }
    }

    /// Waits until the broker has a consumer on this queue.
    func waitForConsumer(on queue: String) async throws {
        let address = "http://srto:\(Self.rabbitmqPassword)@rabbitmq:15672/api/consumers/srto"
        let list = "curl -fsS '\(local(address))' | grep -q '\"name\":\"\(queue)\"'"
        let environment = ["PATH": Self.path]
        try await eventually("a consumer on \(queue)") {
            try await Command(words: ["/bin/sh", "-c", list], environment: environment, folder: folder).run()
        }
    }

    private func eventually(_ what: String, _ attempt: @escaping @Sendable () async throws -> Command.Outcome)
        async throws
    {
        let deadline = ContinuousClock.now + .seconds(60)
        var last = try await attempt()
        while !last.status.isSuccess {
            guard ContinuousClock.now < deadline else {
                throw DeadlinePassed(description: "\(what) did not succeed: \(last.status) \(last.text)")
            }
            // A health check tells nobody when its answer changes: it is asked at an interval, here and in the engine.
            try await ContinuousClock().sleep(for: .milliseconds(200))
            last = try await attempt()
        }
    }

    private func withRedis(_ redis: ComposeFile.Service, _ body: () async throws -> Void) async throws {
        let data = folder.appending(path: "redis")
        try FileManager.default.createDirectory(at: data, withIntermediateDirectories: true)
        let own = ["--port", "\(ports["redis_port"] ?? 0)", "--bind", "127.0.0.1", "--dir", data.path]
        let outcome = try await command(redis.command + own, of: redis).run(gracePeriod: redis.gracePeriod ?? .zero) {
            try await waitUntilHealthy(healthCheck(of: redis))
            try await body()
        }
        guard outcome.status.isSuccess else {
            throw ComposeError(description: "redis ended with \(outcome.status): \(outcome.text)")
        }
    }

    /// The text with addresses in the containers' network, and ports in them, replaced by this machine's.
    private func local(_ text: String) -> String {
        func address(_ name: String) -> String { "127.0.0.1:\(ports[name] ?? 0)" }
        return text.replacing("rabbitmq:5672", with: address("amqp_port"))
            .replacing("rabbitmq:15672", with: address("management_port"))
            .replacing("redis:6379", with: address("redis_port"))
            .replacing("127.0.0.1:8080", with: address("http_port"))
            .replacing("redis-cli ", with: "redis-cli -p \(ports["redis_port"] ?? 0) ")
    }

    /// Puts the files that compose mounts into the folder that the private broker reads.
    private static func lay(_ rabbitmq: ComposeFile.Service, of compose: ComposeFile, in folder: URL) throws {
        let etc = folder.appending(path: "rabbitmq/etc")
        var files: [String: String] = [:]
        for mount in rabbitmq.configs { files[mount.target] = compose.configs[mount.source] }
        for mount in rabbitmq.mounts where mount.source.hasPrefix(".") {
            files[mount.target] = try String(
                contentsOf: ComposeFile.folder.appending(path: mount.source), encoding: .utf8)
        }
        for (target, content) in files {
            let file = etc.appending(path: String(target.trimmingPrefix("/etc/rabbitmq/")))
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try content.replacing("/etc/rabbitmq", with: etc.path).write(to: file, atomically: true, encoding: .utf8)
        }
        // The start script asks with this account whether the broker is up.
        try "rabbitmq_password=\(rabbitmqPassword)\nredis_password=\(redisPassword)\n"
            .write(to: folder.appending(path: "secrets"), atomically: true, encoding: .utf8)
    }

    /// `rabbitmq-diagnostics` for the private broker, made like the `rabbitmqctl` that the start script writes.
    private func addDiagnostics() throws {
        let control = try String(contentsOf: folder.appending(path: "rabbitmqctl"), encoding: .utf8)
        let file = bin.appending(path: "rabbitmq-diagnostics")
        try control.replacing("sbin/rabbitmqctl", with: "sbin/rabbitmq-diagnostics")
            .write(to: file, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: file.path)
    }

    private static func servers(_ verb: String, _ folder: URL) async throws {
        let script = TestServers.repository.appending(path: ".ci/servers").path
        let outcome = try await Command(
            words: ["bash", script, verb, folder.path], environment: ["PATH": path, "HOME": folder.path], folder: folder
        ).run()
        guard outcome.status.isSuccess else { throw ComposeError(description: outcome.text) }
    }

    /// The ports that the start script chose, and a free one for HTTP.
    private static func ports(_ folder: URL) async throws -> [String: Int] {
        var ports: [String: Int] = [:]
        let lines = try String(contentsOf: folder.appending(path: "instance"), encoding: .utf8).split(separator: "\n")
        for line in lines {
            let parts = line.split(separator: "=")
            if parts.count == 2, let port = Int(parts[1]) { ports[String(parts[0])] = port }
        }
        let probe = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        ports["http_port"] = probe.localAddress?.port
        try await probe.close()
        return ports
    }

    private static var path: String { ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin" }
}
