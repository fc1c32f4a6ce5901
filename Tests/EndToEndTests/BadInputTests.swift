import Foundation
import TestSupport
import Testing

/// What a producer can do wrong, at the command line: one clear message each, exit code 1, nothing half-done.
@Suite("Bad input", .timeLimit(.minutes(2)))
struct BadInputTests {
    private static let noCSV = [UInt8]("PK\u{3}\u{4}".utf8) + [0, 0, 8, 0]

    @Test("every wrong file, schema, session and token is told of, and nothing is imported")
    func refused() async throws {
        try await RunningServer.with { server, folder in
            func file(_ name: String, _ bytes: [UInt8]) throws -> String {
                let path = folder.appending(path: name)
                try Data(bytes).write(to: path)
                return path.path
            }
            func importing(_ files: [String], schema: String = "us-chains") async throws -> CommandOutcome {
                try await server.run(["import"] + files + ["--schema", schema])
            }
            let empty = try await importing([try file("costco__empty.csv", [])])
            expect(empty, says: ["is empty"])
            let archive = try await importing([try file("costco__zip.csv", Self.noCSV)])
            expect(archive, says: ["ERR_IMPORT_001", "zip archive is damaged"])
            let columns = try await importing([try file("costco__columns.csv", Array("a,b\n1,2\n".utf8))])
            expect(columns, says: ["ERR_IMPORT_002", "needs the column city", "the file has: a, b"])
            let nameless = try await importing([try file("unknown.csv", Array("a\n1\n".utf8))])
            expect(nameless, says: ["ERR_IMPORT_002", "unknown.csv"])
            expect(try await importing([folder.path + "/absent.csv"]), says: ["absent.csv does not exist"])
            let costco = RunningServer.sample("costco__costco_locations.csv")
            expect(try await importing(costco, schema: "none"), says: ["ERR_IMPORT_002", "there is no schema none"])
            expect(try await server.run(["session", "imp_none"]), says: ["no import session imp_none"])
            let stranger = try await server.run(["territory", "list", "--token", "rubbish"])
            expect(stranger, says: ["ERR_AUTH_001", "srto token"])
            expect(try await server.run(["snapshot", "NOWHERE"]), says: ["ERR_DATA_001", "NOWHERE"])
            expect(try await server.run(["dead", "replay", "1"]), says: ["no dead letter 1"])

            let territories = try await server.run(["territory", "list", "--json"])
            #expect((try territories.json() as? [Any])?.isEmpty == true)
        }
    }

    @Test("a command line that is wrong ends with 2 and shows how it goes")
    func usage() async throws {
        try await TestFolder.with { folder in
            try await TestVirtualHost.with { host in
                let server = try ServerProcess(folder: folder, host: host)
                for arguments in [["serve", "--roles", "cook"], ["watch", "nonsense"], ["dead", "replay", "x"]] {
                    let outcome = try await server.run(arguments)
                    #expect(outcome.status == 2, "\(arguments): \(outcome.errors)")
                    #expect(outcome.errors.contains("Usage: srto"))
                }
                let nobody = try await server.run(["territory", "list", "--token", "t"])
                expect(nobody, says: ["cannot reach", "srto serve", "--url"])
            }
        }
    }

    private func expect(
        _ outcome: CommandOutcome, says words: [String], sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(outcome.status == 1, "\(outcome.errors)", sourceLocation: sourceLocation)
        let last = outcome.complaints.last ?? ""
        for word in words {
            #expect(last.contains(word), "\(outcome.errors)", sourceLocation: sourceLocation)
        }
    }
}
