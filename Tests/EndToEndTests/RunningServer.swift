import Foundation
import TestSupport

/// A real server with everything that it needs, for the length of a test.
enum RunningServer {
    /// Starts one in a folder and virtual host of its own.
    static func with(
        settings: [String: String] = [:], _ body: (ServerProcess, URL) async throws -> Void
    ) async throws {
        try await with(settings: settings) { server, _, folder in try await body(server, folder) }
    }

    /// The same, with its virtual host at the broker.
    static func with(
        settings: [String: String] = [:], _ body: (ServerProcess, TestVirtualHost, URL) async throws -> Void
    ) async throws {
        try await TestFolder.with { folder in
            try await TestVirtualHost.with { host in
                let server = try ServerProcess(folder: folder, host: host, settings: settings)
                do {
                    try await server.start()
                    try await body(server, host, folder)
                    _ = try await server.stop()
                } catch {
                    await server.kill()
                    throw error
                }
            }
        }
    }

    /// Files of the shipped sample.
    static func sample(_ names: String...) -> [String] {
        names.map { TestServers.repository.appending(path: "Config/sample/\($0)").path }
    }
}

extension CommandOutcome {
    /// The output as JSON.
    func json() throws -> Any {
        try JSONSerialization.jsonObject(with: Data(output.utf8), options: .fragmentsAllowed)
    }

    /// The lines of standard error.
    var complaints: [String] { errors.split(separator: "\n").map(String.init) }
}
