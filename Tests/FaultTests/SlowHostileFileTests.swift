import Domain
import Foundation
import TestSupport
import Testing

/// Fault 22: files that mean harm, sent to one server after the other.
@Suite("Hostile files", .timeLimit(.minutes(10)))
struct SlowHostileFileTests {
    /// What the server may have taken at its highest while it met all of them, a debug build's overhead included.
    private static let peakBytes = 400 << 20
    private static let name = "costco__costco_locations.csv"

    private enum Hostile: CaseIterable {
        case unclosedQuote, nulBytes, hugeLine, gzipBomb, noise, thousandsOfColumns, headerOnlyQuotes, formulas

        /// Writes the file, by way of a shell where it is too large to be held here.
        func write(to file: URL) async throws {
            let sample = TestServers.repository.appending(path: "Config/sample/\(SlowHostileFileTests.name)")
            let text = try String(contentsOf: sample, encoding: .utf8)
            let header = String(text.prefix { !$0.isNewline })
            switch self {
            case .unclosedQuote: try (header + "\n\"" + text + text).write(to: file, atomically: true, encoding: .utf8)
            case .nulBytes: try text.replacing(",", with: "\u{0},").write(to: file, atomically: true, encoding: .utf8)
            case .hugeLine:
                try await shell("(printf '%s\\n1,'; head -c 100000000 /dev/zero | tr '\\0' x; echo) >$1", header, file)
            case .gzipBomb:
                try await shell("(printf '%s\\n'; head -c 500000000 /dev/zero) | gzip -1 >$1", header, file)
            case .noise:
                var generator = SeededGenerator(state: 22)
                try Data((0..<2_000_000).map { _ in UInt8.random(in: 0...255, using: &generator) }).write(to: file)
            case .thousandsOfColumns:
                let cells = (0..<200_000).map { "c\($0)" }.joined(separator: ",")
                try (header + "," + cells + "\n" + text).write(to: file, atomically: true, encoding: .utf8)
            case .headerOnlyQuotes:
                try String(repeating: "\"", count: 3_000_001).write(to: file, atomically: true, encoding: .utf8)
            case .formulas:
                try (header + "\n=cmd|'/C calc'!A0,@SUM(A1),+1,-1\n").write(to: file, atomically: true, encoding: .utf8)
            }
        }

        private func shell(_ script: String, _ header: String, _ file: URL) async throws {
            let ended = try await Command.run(
                URL(filePath: "/bin/sh"), ["-c", script.replacing("%s", with: header), "sh", file.path],
                environment: [:])
            #expect(ended.status == 0, "\(ended.errors)")
        }
    }

    @Test("each is refused or reported, in bounded memory, and the server goes on")
    func hostile() async throws {
        try await FaultyHouse.with { house in
            try await house.running { server in
                let expected = try await SampleImport.undisturbed()
                _ = try SampleImport.report(of: try await server.run(SampleImport.arguments))
                for hostile in Hostile.allCases {
                    try await TestFolder.with { folder in
                        let file = folder.appending(path: Self.name)
                        try await hostile.write(to: file)
                        let ended = try await within(.seconds(180), "the end of \(hostile)") {
                            try await server.run(["import", file.path, "--schema", "us-chains", "--json", "--again"])
                        }
                        try Self.demandWord(of: ended, about: hostile)
                        if hostile == .formulas { try await Self.demandHarmless(reportOf: ended, server, folder) }
                    }
                }
                #expect(try await CatalogDump.read(of: server).rows == expected.catalog.rows)
                let peak = try await server.peakBytes
                print("hostile files: the server took \(peak >> 20) MiB at its highest")
                #expect(peak < Self.peakBytes)
            }
        }
    }

    /// Either the session failed and says why, or it says how many records were refused.
    private static func demandWord(of ended: CommandOutcome, about hostile: Hostile) throws {
        if ended.status == 0 {
            let report = try SampleImport.report(of: ended)
            #expect(report.results.refused > 0, "\(hostile): \(ended.output)")
        } else {
            #expect(ended.errors.contains("ERR_IMPORT_"), "\(hostile): \(ended.errors)")
        }
    }

    /// What a spreadsheet would compute stands in the report behind an apostrophe.
    private static func demandHarmless(
        reportOf ended: CommandOutcome, _ server: ServerProcess, _ folder: URL
    ) async throws {
        struct Session: Decodable { var sessionId: String }
        let session = try JSONDecoder().decode(Session.self, from: Data(ended.output.utf8)).sessionId
        let file = folder.appending(path: "report.csv")
        #expect(try await server.run(["session", session, "--report", file.path]).status == 0)
        let report = try String(contentsOf: file, encoding: .utf8)
        #expect(report.contains("'=cmd|"), "\(report)")
        #expect(!report.contains(",=cmd|"), "\(report)")
    }
}
