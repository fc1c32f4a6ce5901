import Foundation
import TestSupport
import Testing

/// What an operator does to running work.
@Suite("Control", .timeLimit(.minutes(2)))
struct ControlTests {
    @Test(
        "a paused queue holds an import before its merge, where it can be cancelled; resumed, the next one goes through"
    )
    func pausedAndCancelled() async throws {
        try await RunningServer.with { server, _ in
            let files = RunningServer.sample("territories.csv", "distributors.csv", "costco__costco_locations.csv")
            #expect(try await server.run(["pause", "import.merge"]).status == 0)
            let queues = try await server.run(["queues"])
            #expect(queues.output.contains("import.merge (paused)"), "\(queues.output)")
            #expect(queues.errors.contains("was paused by admin"))
            let unknown = try await server.run(["pause", "import.nothing"])
            #expect(unknown.status == 1 && unknown.errors.contains("import.merge"), "\(unknown.errors)")

            let session = try await start(files, server)
            _ = try await server.follow(["watch", "import:\(session)", "--json"]) {
                $0.contains(#""stage":"merge""#)
            }
            let cancelled = try await server.run(["cancel", session])
            #expect(cancelled.status == 0 && cancelled.output.contains("nothing of it was imported"))
            #expect(try await server.run(["resume", "import.merge"]).status == 0)
            let after = try await server.run(["import"] + files + ["--schema", "us-chains", "--json"])
            #expect(after.status == 0, "\(after.errors)")
            let report = try #require(try await server.run(["session", session, "--json"]).json() as? [String: Any])
            #expect(report["status"] as? String == "CANCELLED")
            let again = try await server.run([
                "cancel", try #require((after.json() as? [String: Any])?["sessionId"] as? String),
            ])
            #expect(again.status == 1 && again.errors.contains("COMPLETED"), "\(again.errors)")
            #expect((try await server.run(["dead", "list", "--json"]).json() as? [Any])?.isEmpty == true)
        }
    }

    /// Seen red with the signal left out: the cancellation waited for the merge, and came too late.
    @Test("a merge of thousands of rows is cancelled within a second or two")
    func runningCancelled() async throws {
        try await RunningServer.with { server, _ in
            let session = try await start(
                RunningServer.sample(
                    "territories.csv", "distributors.csv", "walgreens__walgreens_locations.csv",
                    "dollar-general__dollar-general_locations.csv", "starbucks__starbucks_locations.csv"),
                server)
            _ = try await server.follow(["watch", "import:\(session)", "--json"]) {
                $0.contains(#""stage":"merge""#)
            }
            let begin = ContinuousClock.now
            let cancelled = try await server.run(["cancel", session])
            #expect(cancelled.status == 0, "\(cancelled.errors)")
            try await within(.seconds(30), "no job in hand") {
                while try await !Self.isIdle(server) { await Task.yield() }
            }
            let seconds = ContinuousClock.now - begin
            #expect(seconds < .seconds(3), "\(seconds)")
            let territories = try await server.run(["territory", "list", "--json"])
            #expect((try territories.json() as? [Any])?.isEmpty == true)
        }
    }

    private static func isIdle(_ server: ServerProcess) async throws -> Bool {
        try await server.get("/metrics").split(separator: "\n")
            .filter { $0.hasPrefix("srto_jobs_in_flight") }.allSatisfy { $0.hasSuffix(" 0") }
    }

    private func start(_ files: [String], _ server: ServerProcess) async throws -> String {
        let started = try await server.run(["import"] + files + ["--schema", "us-chains", "--no-wait"])
        #expect(started.status == 0, "\(started.errors)")
        return String(try #require(started.output.firstMatch(of: /imp_[0-9a-f]+/)).output)
    }
}
