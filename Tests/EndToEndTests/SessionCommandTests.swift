import Foundation
import TestSupport
import Testing

/// What can be asked about import sessions, of a real server.
@Suite("Commands about sessions", .timeLimit(.minutes(2)))
struct SessionCommandTests {
    /// Nine records that are well and two that are empty.
    private static func dirtyFile(_ folder: URL) throws -> String {
        let file = folder.appending(path: "territories.csv").path
        let lines = try String(contentsOfFile: RunningServer.sample("territories.csv")[0], encoding: .utf8)
            .split(separator: "\n").prefix(10)
        let header = lines.first?.split(separator: ",").count ?? 1
        let bad = String(repeating: ",", count: header - 1)
        try (lines + [bad[...], bad[...]]).map { $0 + "\n" }.joined().write(
            toFile: file, atomically: true, encoding: .utf8)
        return file
    }

    @Test("a dry run that finds errors says so in its summary and its exit code, and where the report is")
    func dryRun() async throws {
        try await RunningServer.with { server, folder in
            let file = try Self.dirtyFile(folder)
            let outcome = try await server.run(["import", "--dry-run", file, "--schema", "us-chains"])
            #expect(outcome.status == 3, "\(outcome.output) \(outcome.errors)")
            #expect(outcome.output.contains("summary: 11 records, 9 valid, "), "\(outcome.output)")
            #expect(outcome.output.contains("error report: srto session imp_"), "\(outcome.output)")

            let sessions = try #require(
                try await server.run(["sessions", "--json"]).json() as? [[String: Any]])
            let id = try #require(sessions.first?["sessionId"] as? String)
            #expect(sessions.count == 1 && sessions.first?["status"] as? String == "VALIDATED")
            let session = try #require(try await server.run(["session", id, "--json"]).json() as? [String: Any])
            let summary = try #require(session["summary"] as? [String: Int])
            #expect(summary["total_records"] == 11 && summary["valid_records"] == 9)
            let issues = try #require(session["issues"] as? [[String: Any]])
            #expect(issues.count == summary["errors"])
            let words = try await server.run(["session", id])
            #expect(words.output.contains("ROW_REQUIRED_MISSING ERROR: "), "\(words.output)")
            #expect(words.output.contains("territories.csv:11 "), "\(words.output)")
            let listed = try await server.run(["sessions", "--status", "validated"])
            #expect(listed.output.contains(id), "\(listed.output)")
            #expect(try await server.run(["sessions", "--stuck"]).output == "no session stands still\n")
        }
    }

    @Test("the same file again is answered with the import that had its effect, unless it is asked for")
    func again() async throws {
        try await RunningServer.with { server, _ in
            let arguments = ["import", "--schema", "us-chains"] + RunningServer.sample("territories.csv")
            let first = try await server.run(arguments + ["--json"])
            let id = try #require((try first.json() as? [String: Any])?["sessionId"] as? String)
            let second = try await server.run(arguments)
            #expect(second.status == 0, "\(second.errors)")
            #expect(
                second.output.contains("nothing was done: you imported the same files as \(id)"), "\(second.output)")
            let forced = try await server.run(arguments + ["--again", "--json"])
            let session = try #require(try forced.json() as? [String: Any])
            #expect(session["sameAs"] == nil)
            #expect(((session["results"] as? [String: Any])?["unchanged"] as? Int ?? 0) > 0)
            // Two imports, and one for which nothing was done.
            let audit = try #require(try await server.run(["audit", "--json"]).json() as? [[String: Any]])
            #expect(audit.map { $0["sessionId"] as? String } == [session["sessionId"] as? String, id])
            let table = try await server.run(["audit", "--session", id])
            #expect(table.output.contains(id) && table.output.contains("COMPLETED"), "\(table.output)")
        }
    }

    @Test("a session whose queue is paused is stuck after its bound, and says what to do")
    func stuck() async throws {
        try await RunningServer.with(settings: ["SRTO_IMPORT_STUCK_SECONDS": "1"]) { server, _ in
            #expect(try await server.run(["pause", "import.resolve"]).status == 0)
            let files = RunningServer.sample("territories.csv")
            #expect(try await server.run(["import", "--no-wait", "--schema", "us-chains"] + files).status == 0)
            try await within(.seconds(30), "a stuck session") {
                while true {
                    let stuck = try await server.run(["sessions", "--stuck"])
                    if stuck.output.contains("srto resume import.resolve") { return }
                    await Task.yield()
                }
            }
            #expect(try await server.run(["resume", "import.resolve"]).status == 0)
        }
    }
}
