import Domain
import Foundation
import TestSupport
import Testing

/// Fault 21: a disk without room, while files come, rows are merged or snapshots are written.
@Suite("The disk is full", .serialized, .timeLimit(.minutes(10)))
struct SlowFullDiskTests {
    @Test("while files are uploaded: the producer is told, and imports when there is room")
    func uploading() async throws {
        try await FaultyHouse.with { house in
            try await house.running(diskBytes: SmallDisk.bytes) { server in
                let disk = await SmallDisk(of: server)
                try disk.fill(leaving: 96 << 10)
                let refused = try await within(.seconds(120), "the refusal") {
                    try await server.run(SampleImport.arguments)
                }
                #expect(refused.status != 0)
                #expect(refused.errors.contains("is full"), "\(refused.errors)")
                try disk.free()
                try await house.importSurvives({}, at: server)
            }
        }
    }

    @Test(
        "while rows are merged or snapshots written: it is tried until there is room",
        arguments: [
            "import.merge", "snapshot.regenerate",
        ], ["1", "100000"])
    func working(_ queue: String, baseRows: String) async throws {
        try await FaultyHouse.with { house in
            let settings = ["SRTO_CATALOG_BASE_ROWS": baseRows]
            try await house.running(settings: settings, diskBytes: SmallDisk.bytes) { server in
                let disk = await SmallDisk(of: server)
                #expect(try await server.run(["pause", queue]).status == 0)
                try await house.importSurvives(
                    {
                        let stage = queue == "import.merge" ? ImportStage.merge : .snapshots
                        try await house.event("the stage \(stage.rawValue)") { Self.stage(of: $0) == stage }
                        let before = try await CatalogDump.read(of: server).rows
                        try disk.fill(leaving: 96 << 10)
                        #expect(try await server.run(["resume", queue]).status == 0)
                        try await eventually("a complaint", within: .seconds(60)) {
                            await server.logText.contains("is full")
                        }
                        #expect(try await CatalogDump.read(of: server).rows == before)
                        try disk.free()
                    }, at: server)
            }
        }
    }

    private static func stage(of event: DomainEvent) -> ImportStage? {
        guard event.type == .importProgress || event.type == .importFinished else { return nil }
        do {
            return try JSONDecoder().decode(ImportProgress.self, from: event.data).stage
        } catch {
            return nil
        }
    }
}
