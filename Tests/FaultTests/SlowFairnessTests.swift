import Domain
import Foundation
import TestSupport
import Testing

/// One user's long import beside another's short one; `Benchmarks/fairness` has the figures for three million rows.
@Suite("Users take turns", .timeLimit(.minutes(6)))
struct SlowFairnessTests {
    /// Seen red with all chunks of a session queued at once: the short import then waited for every chunk of the long one.
    @Test("an import of 600 rows passes one of 99,000 whose rows are still being validated")
    func shortPassesLong() async throws {
        try await FaultyHouse.with { house in
            // Chunks of 64 KiB: two hundred of the long import's are still to come when the short one arrives.
            try await house.running(settings: ["SRTO_IMPORT_CHUNK_BYTES": "65536"]) { server in
                let ground = try await server.run(SampleImport.ground)
                #expect(ground.status == 0, "\(ground.errors)")
                async let long = server.run(SampleImport.wholeSample)
                let underWay = try await house.event("a chunk of the long import") {
                    $0.type == .importProgress && Self.isUnderWay($0)
                }
                _ = try SampleImport.report(of: try await server.run(SampleImport.short))
                let session = underWay.event.subject.replacing("import:", with: "")
                let standing = try await server.run(["session", session, "--json"]).output
                #expect(
                    standing.contains(#""stage" : "validate""#) || standing.contains(#""stage":"validate""#),
                    "\(standing)")
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
