import Domain
import Foundation
import Jobs
import TestSupport
import Testing

/// Kills the real server with `kill -9` in the middle of an import. Seen red with the job's mark left out of the chunk's
/// transaction (records counted twice) and with the outbox emptied before the confirm (the import hung).
@Suite("Crash safety", .serialized, .timeLimit(.minutes(6)))
struct CrashSafetyTests {
    private static let settings = ["SRTO_IMPORT_CHUNK_BYTES": "16000"]

    private static var importArguments: [String] {
        let sample = TestServers.repository.appending(path: "Config/sample")
        return ["import"]
            + ["territories.csv", "distributors.csv", "costco__costco_locations.csv", "sephora__sephora.csv"]
            .map { sample.appending(path: $0).path } + ["--schema", "us-chains", "--json"]
    }

    @Test("killed at five random moments, an import ends as an undisturbed one does")
    func killedFiveTimes() async throws {
        let undisturbed = try await run(killingAt: [])
        let seed = UInt64.random(in: 0 ... .max)
        var generator = SeededGenerator(state: seed)
        #expect(undisturbed.events > 10)
        var moments: Set<Int> = []
        while moments.count < min(5, undisturbed.events - 1) {
            moments.insert(Int.random(in: 1..<undisturbed.events, using: &generator))
        }
        print("crash test: seed \(seed), killed after events \(moments.sorted()) of \(undisturbed.events)")
        let disturbed = try await run(killingAt: moments.sorted(), seed: seed)
        #expect(disturbed.dump.rows == undisturbed.dump.rows)
        #expect(disturbed.dump.hashes == undisturbed.dump.hashes)
        #expect(disturbed.results == undisturbed.results)
        #expect(disturbed.kills == 5)
    }

    @Test("a client that watches over the crashes gets each event once and none too few")
    func watchedOverCrashes() async throws {
        let outcome = try await run(killingAt: [2, 6], seed: 1)
        let sequences = outcome.watched
        #expect(outcome.kills == 2)
        #expect(sequences.last == outcome.events)
        let first = try #require(sequences.first)
        #expect(sequences == Array(first...outcome.events))
    }

    private struct Outcome: Sendable {
        var dump: CatalogDump
        var results: ImportResults
        /// Sequence of the session's last event.
        var events: Int
        var kills: Int
        /// Sequences that `srto watch` printed.
        var watched: [Int]
    }

    private struct Report: Decodable {
        var status: String
        var results: ImportResults
    }

    private struct WatchedLine: Decodable {
        var sequence: Int?
        var event: String?
    }

    private func run(killingAt moments: [Int], seed: UInt64 = 0) async throws -> Outcome {
        try await TestFolder.with { folder in
            try await TestVirtualHost.with { host in
                let server = try ServerProcess(folder: folder, host: host, settings: Self.settings)
                try await server.start()
                let outcome = try await BrokerWatch.with(host.amqpURL) { counter in
                    async let importing = server.run(Self.importArguments)
                    let (session, events, kills, watched) = try await Self.follow(
                        counter, server, killingAt: moments, seed)
                    let imported = try await importing
                    #expect(imported.status == 0, "\(session): \(imported.errors)")
                    let report = try JSONDecoder().decode(Report.self, from: Data(imported.output.utf8))
                    #expect(report.status == "COMPLETED")
                    _ = try await server.stop()
                    return Outcome(
                        dump: try await CatalogDump.read(server.home), results: report.results, events: events,
                        kills: kills, watched: watched)
                }
                await server.kill()
                return outcome
            }
        }
    }

    /// Kills and restarts the server whenever the session's sequence reaches the next moment, while a client watches.
    private static func follow(
        _ counter: BrokerWatch, _ server: ServerProcess, killingAt moments: [Int], _ seed: UInt64
    ) async throws -> (session: String, events: Int, kills: Int, watched: [Int]) {
        try await withThrowingTaskGroup(of: [Int].self) { group in
            var generator = SeededGenerator(state: seed)
            var pending = moments[...]
            var highest = 0
            var session = ""
            try await counter.importEvents { envelope in
                if session.isEmpty {
                    session = envelope.event.subject
                    let topic = session
                    group.addTask { try await watch(topic, server) }
                }
                highest = max(highest, Int(envelope.event.sequence))
                if let moment = pending.first, highest >= moment {
                    pending.removeFirst()
                    // Not only right after an event: the moments that matter lie between two of them as well.
                    try await server.kill(after: .milliseconds(Int.random(in: 0...80, using: &generator)))
                    try await server.start()
                }
                return envelope.event.type != .importFinished
            }
            let watched = try await group.next() ?? []
            return (session, highest, moments.count - pending.count, watched)
        }
    }

    /// The sequences that a client sees, from where it came in to the end.
    private static func watch(_ topic: String, _ server: ServerProcess) async throws -> [Int] {
        let lines = try await server.follow(["watch", topic, "--json"]) {
            $0.contains(EventType.importFinished.rawValue)
        }
        return lines.compactMap { line in
            do {
                return try JSONDecoder().decode(WatchedLine.self, from: Data(line.utf8)).sequence
            } catch {
                return nil
            }
        }
    }
}
