import Domain
import Foundation
import TestSupport

/// The import that goes through each fault, and how it is asked for.
enum SampleImport {
    /// Small chunks: several of each file are under way when the fault comes.
    static let settings = ["SRTO_IMPORT_CHUNK_BYTES": "16000", "SRTO_AMQP_HEARTBEAT_SECONDS": "2"]

    /// Of `srto`: two chains and what their shops refer to.
    static let arguments = command([
        "territories.csv", "distributors.csv", "costco__costco_locations.csv", "sephora__sephora.csv",
    ])

    /// What every shop refers to.
    static let ground = command(["territories.csv", "distributors.csv"])

    /// 600 shops of one chain.
    static let short = command(["costco__costco_locations.csv"])

    private static func command(_ names: [String]) -> [String] {
        let sample = TestServers.repository.appending(path: "Config/sample")
        return ["import"] + names.map { sample.appending(path: $0).path } + [
            "--schema", "us-chains", "--json", "--again",
        ]
    }

    /// All the files that are shipped: 99,000 records.
    static var wholeSample: [String] {
        get throws {
            let sample = TestServers.repository.appending(path: "Config/sample")
            let names = try FileManager.default.contentsOfDirectory(atPath: sample.path).filter { $0.hasSuffix(".csv") }
            return command(names.sorted())
        }
    }

    /// What an import leaves behind.
    struct Outcome: Sendable, Equatable {
        var results: ImportResults
        var catalog: CatalogDump
    }

    /// The `--json` of `srto import`.
    struct Report: Decodable, Sendable {
        var sessionId: String
        var status: String
        var results: ImportResults
    }

    /// What it leaves behind where nothing goes wrong: made once for all tests.
    static func undisturbed() async throws -> Outcome { try await undisturbedRun.value }

    private static let undisturbedRun = Task {
        try await TestFolder.with { folder in
            try await TestVirtualHost.with { host in
                let server = try ServerProcess(folder: folder, host: host, settings: settings)
                do {
                    try await server.start()
                    let report = try Self.report(of: try await server.run(arguments))
                    _ = try await server.stop()
                    return Outcome(results: report.results, catalog: try await CatalogDump.read(server.home))
                } catch {
                    await server.kill()
                    throw error
                }
            }
        }
    }

    /// Reads what the client said at its end.
    /// - Throws: `DeadlinePassed` with its complaint when it did not end well.
    static func report(of command: CommandOutcome) throws -> Report {
        guard command.status == 0 else {
            throw DeadlinePassed(description: "import ended with \(command.status): \(command.errors)")
        }
        return try JSONDecoder().decode(Report.self, from: Data(command.output.utf8))
    }
}
