import Domain
import Foundation
import TestSupport
import Testing

/// One import after another, and in each of them the server is killed once.
@Suite("A crash at any point", .timeLimit(.minutes(20)))
struct SlowCrashPointTests {
    private static let crashes = 50

    /// Two states of the same shops, imported in turns: every import changes most of them.
    private enum Side: CaseIterable {
        case asShipped, spelledOut

        /// The files, in a folder of their own.
        func files(in folder: URL) throws -> [String] {
            let sample = TestServers.repository.appending(path: "Config/sample")
            return try ["territories.csv", "distributors.csv", "costco__costco_locations.csv", "sephora__sephora.csv"]
                .map { name in
                    var text = try String(contentsOf: sample.appending(path: name), encoding: .utf8)
                    if self == .spelledOut {
                        for (short, long) in [
                            (" Blvd", " Boulevard"), (" Ave", " Avenue"), (" Rd", " Road"), (" Dr", " Drive"),
                        ] {
                            text = text.replacing(short, with: long)
                        }
                    }
                    let file = folder.appending(path: name)
                    try text.write(to: file, atomically: true, encoding: .utf8)
                    return file.path
                }
        }
    }

    /// The commands that import each side.
    private struct Imports: Sendable {
        private let arguments: [Side: [String]]

        init(in folder: URL) throws {
            arguments = try Dictionary(
                uniqueKeysWithValues: Side.allCases.map { side in
                    let files = folder.appending(path: "\(side)")
                    try FileManager.default.createDirectory(at: files, withIntermediateDirectories: true)
                    return (
                        side, try ["import"] + side.files(in: files) + ["--schema", "us-chains", "--json", "--again"]
                    )
                })
        }

        subscript(side: Side) -> [String] { arguments[side] ?? [] }
    }

    /// What one import told and left.
    private struct Outcome: Equatable {
        var results: ImportResults
        var catalog: CatalogDump
    }

    /// - Parameter baseRows: with 1 each import leaves the outlets in a file of their own.
    @Test(
        "killed once in each of fifty imports, at moments drawn over their whole length, each ends as it would have",
        arguments: ["1", "100000"])
    func fiftyCrashes(baseRows: String) async throws {
        let seed = UInt64.random(in: 0 ... .max)
        try await TestFolder.with { folder in
            let imports = try Imports(in: folder)
            try await FaultyHouse.with { house in
                try await house.running(settings: ["SRTO_CATALOG_BASE_ROWS": baseRows]) { server in
                    let (expected, length) = try await Self.undisturbed(imports, at: server)
                    var generator = SeededGenerator(state: seed)
                    for crash in 1...Self.crashes {
                        let moment = length * Double.random(in: 0..<1, using: &generator)
                        let side: Side = crash % 2 == 1 ? .spelledOut : .asShipped
                        let outcome = try await Self.outcome(
                            of: imports[side], at: server, killedAfter: moment, wanting: expected[side])
                        #expect(outcome == expected[side], "crash \(crash) of seed \(seed), after \(moment)")
                    }
                }
            }
        }
    }

    /// How each side ends, and how long it takes.
    private static func undisturbed(
        _ imports: Imports, at server: ServerProcess
    ) async throws -> (outcomes: [Side: Outcome], length: Duration) {
        var outcomes: [Side: Outcome] = [:]
        var length = Duration.zero
        // The first import inserts; from then on each side follows the other.
        for side in [Side.asShipped, .spelledOut, .asShipped] {
            let begin = ContinuousClock.now
            let report = try SampleImport.report(of: try await server.run(imports[side]))
            length = ContinuousClock.now - begin
            outcomes[side] = Outcome(results: report.results, catalog: try await CatalogDump.read(server.home))
        }
        return (outcomes, length)
    }

    /// What is there when the last snapshot is made.
    private static func outcome(
        of arguments: [String], at server: ServerProcess, killedAfter moment: Duration, wanting expected: Outcome?
    ) async throws -> Outcome {
        async let importing = server.run(arguments)
        try await server.kill(after: moment)
        try await server.start()
        let report = try SampleImport.report(of: try await importing)
        try await eventually("the last snapshot", within: .seconds(60)) {
            try CatalogDump.hashes(server.home) == expected?.catalog.hashes
        }
        return Outcome(results: report.results, catalog: try await CatalogDump.read(server.home))
    }
}
