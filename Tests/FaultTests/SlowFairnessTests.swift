import Domain
import Foundation
import TestSupport
import Testing

/// One user's long import beside another's short one; `Benchmarks/fairness` has the figures for three million rows.
@Suite("Users take turns", .timeLimit(.minutes(6)))
struct SlowFairnessTests {
    /// Seen red with all chunks of a session queued at once: the short import then waited for every chunk of the long one.
    @Test("an import of 600 rows that begins behind one of 99,000 ends before it")
    func shortOvertakesLong() async throws {
        try await FaultyHouse.with { house in
            // Chunks of 128 KiB: a hundred of the long import's are still to come when the short one arrives.
            try await house.running(settings: ["SRTO_IMPORT_CHUNK_BYTES": "131072"]) { server in
                let ground = try await server.run(SampleImport.ground)
                #expect(ground.status == 0, "\(ground.errors)")
                async let long = server.run(SampleImport.wholeSample)
                try await house.event("a chunk of the long import") {
                    $0.type == .importProgress && Self.isUnderWay($0)
                }
                let short = try SampleImport.report(of: try await server.run(SampleImport.short))
                let sessions = try await house.finished(first: 2)
                #expect(sessions.last == "import:\(short.sessionId)", "the long import, or nothing, ended before it")
                _ = try SampleImport.report(of: try await long)
            }
        }
    }

    /// Whether an import of megabytes has some of its chunks behind it.
    private static func isUnderWay(_ event: DomainEvent) -> Bool {
        do {
            let progress = try JSONDecoder().decode(ImportProgress.self, from: event.data)
            return progress.stages.contains { $0.name == .validate && $0.total > 1 << 22 && $0.done > 0 }
        } catch {
            return false
        }
    }
}

extension FaultyHouse {
    /// The first imports that ended, in order.
    fileprivate func finished(first count: Int) async throws -> [String] {
        let seen = Signals<String>()
        var left = count
        try await watch.importEvents { envelope in
            guard envelope.event.type == .importFinished else { return true }
            seen.send(envelope.event.subject)
            left -= 1
            return left > 0
        }
        return await seen.rest()
    }
}
