import Domain
import Foundation
import Imports
import TestSupport
import Testing

@Suite("An import on a real broker", .timeLimit(.minutes(5)))
struct ImportOnRealBrokerTests {
    @Test("two chains, territories and distributors: every record is accounted for")
    func smallChains() async throws {
        try await ImportHouse.with { house in
            let library = SchemaLibrary(folder: TestServers.repository.appending(path: "Config"))
            for schema in try library.schemas() { try await house.imports.save(schema, by: house.admin) }
            let sample = TestServers.repository.appending(path: "Config/sample")
            let files = try [
                "territories.csv", "distributors.csv", "costco__costco_locations.csv", "sephora__sephora.csv",
            ]
            .map { (name: $0, bytes: Array(try Data(contentsOf: sample.appending(path: $0)))) }
            let report = try await house.run(schema: "us-chains", files: files)
            #expect(report.progress.status == .completed, "\(report.progress.errorMessage ?? "")")
            for file in report.files {
                let counts = file.counts
                #expect(
                    counts.read == counts.inserted + counts.updated + counts.unchanged + counts.refused,
                    "\(file.fileName): \(counts)")
                #expect(counts.read > 0)
            }
            let again = try await house.run(schema: "us-chains", files: files)
            #expect(again.progress.results.inserted == 0)
            #expect(again.progress.results.unchanged == report.progress.results.inserted)
            #expect(again.progress.results.refused == report.progress.results.refused)
        }
    }
}
