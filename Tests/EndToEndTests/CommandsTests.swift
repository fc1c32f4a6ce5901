import Foundation
import TestSupport
import Testing

/// The commands that the README names, against a real server with real files.
@Suite("Commands", .timeLimit(.minutes(2)))
struct CommandsTests {
    @Test("import, and everything that can be asked afterwards")
    func imported() async throws {
        try await RunningServer.with { server, folder in
            let files = RunningServer.sample("territories.csv", "distributors.csv", "costco__costco_locations.csv")
            let imported = try await server.run(["import"] + files + ["--schema", "us-chains", "--json"])
            #expect(imported.status == 0, "\(imported.errors)")
            let session = try #require(try imported.json() as? [String: Any])
            #expect(session["status"] as? String == "COMPLETED")
            for file in try #require(session["files"] as? [[String: Any]]) {
                let counts = ["inserted", "updated", "unchanged", "refused"].compactMap { file[$0] as? Int }
                #expect(file["read"] as? Int == counts.reduce(0, +), "\(file)")
            }
            let id = try #require(session["sessionId"] as? String)
            let report = folder.appending(path: "report.csv").path
            #expect(try await server.run(["session", id, "--report", report]).status == 0)
            #expect(try String(contentsOfFile: report, encoding: .utf8).hasPrefix("file,line,record,column,value"))

            try await expectQueues(of: server)
            let dead = try await server.run(["dead", "list", "--json"])
            #expect((try dead.json() as? [Any])?.isEmpty == true)
            let territories = try await server.run(["territory", "list", "--json"]).json() as? [[String: Any]]
            let california = try #require(territories?.first { $0["territoryId"] as? String == "US-CA" })
            let outlets = try #require(california["outlets"] as? Int)
            #expect(outlets > 100)
            let snapshot = try await server.run(["snapshot", "US-CA"]).json() as? [String: Any]
            // Costco's shops are WS, which snapshots leave out.
            #expect((snapshot?["outlets"] as? [Any])?.isEmpty == true)
            #expect((snapshot?["distributors"] as? [Any])?.isEmpty == false)

            try await expectMetrics(of: server)

            #expect(try await server.run(["topology", "verify"]).status == 0)
            let doctor = try await server.run(["doctor"])
            #expect(doctor.status == 0, "\(doctor.output)")
            #expect(doctor.output.contains("✓ catalog"))
            // The catalog's companions of WAL mode as well: names, addresses and the outbox stand in them.
            for name in ["catalog.sqlite", "catalog.sqlite-wal", "secret"] {
                let path = server.home.appending(path: name).path
                let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
                #expect(mode == 0o600, "\(name)")
            }
        }
    }

    @Test("a validation tells what it found, says that nothing was merged, and merges nothing")
    func validateOnly() async throws {
        try await RunningServer.with { server, _ in
            let files = RunningServer.sample("territories.csv", "distributors.csv")
            let outcome = try await server.run(["import", "--dry-run", "--schema", "us-chains"] + files)
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.output.contains("VALIDATED, nothing was merged"), "\(outcome.output)")
            #expect(outcome.output.contains(" 0 errors, 0 warnings"), "\(outcome.output)")
            let territories = try await server.run(["territory", "list", "--json"])
            #expect((try territories.json() as? [Any])?.isEmpty == true)
        }
    }

    /// A token signed with a secret just made is one that no server takes.
    @Test("token and doctor make nothing where no server keeps its data, and say so")
    func elsewhere() async throws {
        try await TestFolder.with { folder in
            try await TestVirtualHost.with { host in
                let server = try ServerProcess(folder: folder, host: host)
                let token = try await server.run(["token"])
                #expect(token.status == 1 && token.output.isEmpty)
                #expect(token.errors.contains("no secret at \(server.home.path)/secret"), "\(token.errors)")
                #expect(token.errors.contains("SRTO_HOME"))
                #expect(try await server.run(["topology", "apply"]).status == 0)
                let doctor = try await server.run(["doctor"])
                #expect(doctor.status == 0, "\(doctor.output)")
                #expect(doctor.output.contains("○ data"), "\(doctor.output)")
                #expect(!FileManager.default.fileExists(atPath: server.home.path))
            }
        }
    }

    @Test("topology verify names what the broker lacks, and apply mends it")
    func topology() async throws {
        try await TestFolder.with { folder in
            try await TestVirtualHost.with { host in
                let server = try ServerProcess(folder: folder, host: host)
                let bare = try await server.run(["topology", "verify"])
                #expect(bare.status == 1)
                #expect(bare.output.contains("queue import.merge is missing"))
                #expect(bare.output.contains("exchange srto.events is missing"))
                #expect(try await server.run(["topology", "apply"]).status == 0)
                #expect(try await server.run(["topology", "verify"]).status == 0)
                try await host.request(.DELETE, "/api/queues/\(host.name)/import.merge")
                let doctor = try await server.run(["doctor"])
                #expect(doctor.status == 1)
                #expect(doctor.output.contains("queue import.merge is missing"))
                #expect(doctor.output.contains("srto topology apply"))
            }
        }
    }

    private func expectMetrics(of server: ServerProcess) async throws {
        let lines = try await server.get("/metrics").split(separator: "\n").map(String.init)
        for line in [
            #"srto_jobs_acked_total{queue="import.merge"} 1"#, #"srto_jobs_dead_total{queue="import.merge"} 0"#,
            #"srto_job_seconds_count{queue="import.merge",outcome="done"} 1"#, "srto_broker_returned_total 0",
            #"srto_jobs_in_flight{queue="import.resolve"} 0"#, #"srto_queue_ready{queue="import.merge"} 0"#,
            "srto_outbox_entries 0",
        ] {
            #expect(lines.contains(line), "\(line) is not among \(lines.filter { $0.contains("merge") })")
        }
    }

    private func expectQueues(of server: ServerProcess) async throws {
        let queues = try #require(try await server.run(["queues", "--json"]).json() as? [[String: Any]])
        #expect(
            Set(queues.compactMap { $0["name"] as? String }).isSuperset(of: [
                "import.validate-schema", "import.validate-chunk", "import.resolve", "import.merge",
                "snapshot.regenerate", "snapshot.regenerate.interactive",
            ]))
        for queue in queues {
            for number in ["ready", "unacked", "consumers", "dead"] { #expect(queue[number] is Int, "\(queue)") }
            #expect(queue.keys.contains("oldestSeconds"))
            #expect(queue.keys.contains("drainSeconds"))
        }
        let looks = try await server.follow(["queues", "--watch", "--json"]) { !$0.isEmpty }
        #expect(looks.last?.contains(#""inPerSecond":"#) == true, "\(looks)")
    }
}
