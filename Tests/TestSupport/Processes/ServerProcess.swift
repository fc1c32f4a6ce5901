import AsyncHTTPClient
package import Foundation
import NIOCore

/// A real `srto` process: the binary that `.ci/test` built, in a folder and virtual host of the test's own.
package actor ServerProcess {
    /// Where it listens.
    package nonisolated let url: String
    /// What it and its clients are told.
    package private(set) var environment: [String: String]
    private nonisolated let binary: URL
    private let log: URL
    private let diskBytes: Int?
    private var process: Process?

    /// Prepares a server that keeps everything in `folder` and meets its broker in `host`; nothing runs yet.
    package init(folder: URL, host: TestVirtualHost, settings: [String: String] = [:]) throws {
        try self.init(folder: folder, servers: try ServerAddresses(host), settings: settings)
    }

    /// Prepares a server that keeps everything in `folder`; nothing runs yet.
    /// - Parameters:
    ///   - name: tells the logs of several that share the folder.
    ///   - diskBytes: size of the file system that only this server sees at `home`, in memory; nil for the machine's.
    package init(
        folder: URL, name: String = "serve", servers: ServerAddresses, settings: [String: String] = [:],
        diskBytes: Int? = nil
    ) throws {
        self.diskBytes = diskBytes
        let port = try FreePort.any()
        url = "http://127.0.0.1:\(port)"
        binary = URL(filePath: try TestServers.setting("SRTO_TEST_BINARY"))
        log = folder.appending(path: name + ".log")
        home = folder.appending(path: "data")
        _ = FileManager.default.createFile(atPath: log.path, contents: nil)
        // What a person has exported for a server of hers is not for this one.
        let inherited = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("SRTO_") }
        environment = inherited.merging([
            "SRTO_HOME": home.path,
            "SRTO_HTTP_PORT": "\(port)",
            "SRTO_AMQP_URL": servers.amqp,
            "SRTO_RABBITMQ_MANAGEMENT_URL": servers.management,
            "SRTO_REDIS_URL": servers.redis,
            "SRTO_CONFIG": TestServers.repository.appending(path: "Config").path,
            "SRTO_TOPOLOGY": TestServers.repository.appending(path: "topology/definitions.json").path,
            "SRTO_SETTINGS": TestServers.repository.appending(path: "Config/default.json").path,
            "SRTO_LOG_LEVEL": "notice",
            "SRTO_URL": url,
        ]) { $1 }.merging(settings) { $1 }
    }

    /// Folder of catalog and objects, as the server sees it.
    package nonisolated let home: URL

    /// The same folder as others see it, while a server with a disk of its own runs.
    package var homeFromOutside: URL {
        guard diskBytes != nil, let process else { return home }
        return URL(filePath: "/proc/\(process.processIdentifier)/root\(home.path)")
    }

    /// Starts it without waiting: one without HTTP cannot be asked how it is.
    package func launch(arguments: [String]) throws {
        process = try spawn(arguments, output: try FileHandle(forWritingTo: log))
    }

    /// Starts it and returns when it is healthy.
    package func start(arguments: [String] = ["serve"]) async throws {
        try launch(arguments: arguments)
        guard let health = URL(string: url + "/health") else { return }
        try await within(.seconds(60), "health of \(url)") {
            while true {
                if await HealthProbe.isWell(health) { return }
                // The process has no way to tell us: its health route is the event, asked for until it comes.
                try await ContinuousClock().sleep(for: .milliseconds(50))
            }
        }
        if environment["SRTO_TOKEN"] == nil {
            environment["SRTO_TOKEN"] = try await run(["token"]).output.trimmingCharacters(in: .newlines)
        }
    }

    /// `kill -9`, as a crash.
    package func kill() {
        guard let process, process.isRunning else { return }
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// `kill -9` at a moment that nothing the process does marks.
    package func kill(after delay: Duration) async throws {
        try await ContinuousClock().sleep(for: delay)
        kill()
    }

    /// SIGTERM, and the exit status.
    package func stop() async throws -> Int32 {
        guard let process else { return 0 }
        process.terminate()
        return await Command.exit(of: process)
    }

    /// The most memory that it had resident since it was started.
    package var peakBytes: Int {
        get throws {
            guard let process else { return 0 }
            let status = try String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)
            let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
            return (line.split(separator: " ").compactMap { Int($0) }.first ?? 0) << 10
        }
    }

    /// What the server has logged so far.
    package var logText: String { (try? String(contentsOf: log, encoding: .utf8)) ?? "" }

    /// What the server answers to a GET with the administrator's token.
    package func get(_ path: String) async throws -> String { try await send("GET", path) }

    /// What the server answers to a request with the administrator's token.
    package func send(
        _ method: String, _ path: String, headers: [String: String] = [:], body: [UInt8]? = nil
    ) async throws -> String {
        var request = HTTPClientRequest(url: path.hasPrefix("http") ? path : url + path)
        request.method = .RAW(value: method)
        request.headers.add(name: "Authorization", value: "Bearer " + (environment["SRTO_TOKEN"] ?? ""))
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body { request.body = .bytes(ByteBuffer(bytes: body)) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
        return String(buffer: try await response.body.collect(upTo: 1 << 24))
    }

    /// Runs another command of the same binary to its end.
    package func run(_ arguments: [String]) async throws -> CommandOutcome {
        let home = ["SRTO_HOME": homeFromOutside.path]
        return try await Command.run(binary, arguments, environment: environment.merging(home) { $1 })
    }

    /// Runs a command that does not end by itself; ends it when a line of its output says so, and returns all lines.
    package func follow(
        _ arguments: [String], until isLast: @escaping @Sendable (String) -> Bool
    ) async throws -> [String] {
        try await Command.follow(binary, arguments, environment: environment, until: isLast)
    }

    private func spawn(_ arguments: [String], output: FileHandle) throws -> Process {
        try output.seekToEnd()
        let process = Process()
        process.executableURL = binary
        process.arguments = arguments
        if let diskBytes {
            try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
            process.executableURL = URL(filePath: "/usr/bin/unshare")
            let mount = #"mount -t tmpfs -o size="$0" none "$1" && shift && exec "$@""#
            process.arguments =
                ["--map-root-user", "--mount", "--", "sh", "-c", mount, "\(diskBytes)", home.path, binary.path]
                + arguments
        }
        process.environment = environment
        process.standardOutput = output
        process.standardError = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
        return process
    }
}
