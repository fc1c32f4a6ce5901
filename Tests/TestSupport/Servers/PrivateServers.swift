package import Foundation
import Subprocess
import SystemPackage

/// A RabbitMQ and a Redis of one test's own, for faults that would disturb every other test.
package struct PrivateServers: Sendable {
    /// Why they cannot be used.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    private let folder: URL

    /// Starts both, runs `body`, and ends them whatever they have suffered.
    package static func with<Value>(_ body: (PrivateServers) async throws -> Value) async throws -> Value {
        try await TestFolder.with { folder in
            let servers = PrivateServers(folder: folder.appending(path: "servers"))
            try FileManager.default.createDirectory(at: servers.folder, withIntermediateDirectories: true)
            do {
                try await servers.command("start", loadsTopology: true)
                let value = try await body(servers)
                try await servers.end()
                return value
            } catch {
                try await servers.end()
                throw error
            }
        }
    }

    /// Where they are.
    package func addresses() throws -> ServerAddresses {
        let environment = try environment()
        func value(_ name: String) throws -> String {
            guard let value = environment[name] else { throw Failure(description: "the servers have no \(name)") }
            return value
        }
        return ServerAddresses(
            amqp: try value("SRTO_AMQP_URL"), management: try value("SRTO_RABBITMQ_MANAGEMENT_URL"),
            redis: try value("SRTO_REDIS_URL"))
    }

    /// `kill -9`, as a power cut; returns when it is gone.
    package func killBroker() async throws {
        let process = try brokerProcess()
        try signal(SIGKILL)
        try await eventually("the end of process \(process)") { Foundation.kill(process, 0) != 0 }
    }

    /// Stops it in its tracks: its connections stand and nothing is answered.
    package func freezeBroker() throws { try signal(SIGSTOP) }

    /// Lets a frozen one go on.
    package func thawBroker() throws { try signal(SIGCONT) }

    /// Starts the one that was killed, with the data it had; returns when it takes connections.
    package func restartBroker() async throws {
        try await command("start-rabbitmq")
    }

    /// Runs `rabbitmqctl`.
    package func rabbitmqctl(_ arguments: String...) async throws {
        try await run(folder.appending(path: "rabbitmqctl"), arguments)
    }

    /// A frozen process would not hear that it is to end.
    private func end() async throws {
        // It may be gone, or never have come.
        try? thawBroker()
        try await command("stop")
    }

    private func brokerProcess() throws -> Int32 {
        let name = "SRTO_RABBITMQ_PID"
        guard let text = try environment()[name], let process = Int32(text), process > 1 else {
            throw Failure(description: "the servers have no \(name)")
        }
        return process
    }

    private func signal(_ signal: Int32) throws {
        let process = try brokerProcess()
        guard Foundation.kill(process, signal) == 0 else {
            throw Failure(description: "process \(process) is not ours to signal: \(String(cString: strerror(errno)))")
        }
    }

    private func environment() throws -> [String: String] {
        let text = try String(contentsOf: folder.appending(path: "env"), encoding: .utf8)
        let pairs = text.split(separator: "\n").compactMap { line -> (String, String)? in
            let parts = line.split(separator: "=", maxSplits: 1)
            return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
        }
        return Dictionary(pairs) { $1 }
    }

    private func command(_ name: String, loadsTopology: Bool = false) async throws {
        try await run(
            TestServers.repository.appending(path: ".ci/servers"), [name, folder.path],
            ["SRTO_LOAD_DEFINITIONS": loadsTopology ? "1" : ""])
    }

    /// Its output goes to a file: the servers inherit it and would hold a pipe open as long as they live.
    private func run(
        _ executable: URL, _ arguments: [String], _ environment: [Environment.Key: String?] = [:]
    ) async throws {
        let log = folder.appending(path: "commands.log")
        let output = try FileDescriptor.open(
            FilePath(log.path), .writeOnly, options: [.create, .append], permissions: .ownerReadWrite)
        let result = try await Subprocess.run(
            .path(FilePath(executable.path)), arguments: Arguments(arguments),
            environment: .inherit.updating(environment),
            output: .fileDescriptor(output, closeAfterSpawningProcess: true), error: .combinedWithOutput)
        guard result.terminationStatus.isSuccess else {
            let text = try String(contentsOf: log, encoding: .utf8)
            throw Failure(description: "\(executable.lastPathComponent) \(arguments): \(text.suffix(2000))")
        }
    }
}
