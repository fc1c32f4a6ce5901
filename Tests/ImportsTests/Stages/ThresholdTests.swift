import Domain
import Testing

@testable import Imports

@Suite(.timeLimit(.minutes(1)))
struct ThresholdTests {
    /// Seen red with `share > threshold` never true.
    @Test func `above the threshold the session fails and nothing is merged`() async throws {
        try await StageHouse.with(TestSchema.shop { $0.errorThreshold = 0.25 }) { house in
            let report = try await house.run([
                .territories("T1", "T2"), .outlets("A,a,kiosk,T1,,1,2", "B,b,wholesale,T1,,1,2"),
                .outlets("C,c,wholesale,T7,,1,2", name: "outlets2.csv"),
            ])
            #expect(report.progress.status == .failed && report.progress.errorCode == "ERR_IMPORT_002")
            #expect(report.progress.errorMessage?.contains("2 of 5 records") == true)
            #expect(report.progress.errorMessage?.contains("25 %") == true)
            #expect(try await house.rows(.territories).isEmpty)
            #expect(try await house.catalog.read { try $0.version() } == 0)
            #expect(try await house.nextJob() == nil)
            // What is wrong is still told.
            #expect(report.files.map(\.counts.refused) == [0, 1, 1])
            #expect(try await house.issues(report.progress.sessionId).count == 2)
        }
    }

    @Test(arguments: [(0.25, ImportStatus.completed), (0.249, .failed), (0, .failed), (1, .completed)])
    func `a share that equals the threshold is let through`(threshold: Double, status: ImportStatus) async throws {
        try await StageHouse.with(TestSchema.shop { $0.errorThreshold = threshold }) { house in
            let report = try await house.run([
                .territories("T1"),
                .outlets("A,a,kiosk,T1,,1,2", "B,b,wholesale,T1,,1,2", "C,c,wholesale,T1,,1,2"),
            ])
            #expect(report.progress.status == status)
        }
    }

    @Test func `without a threshold even a session of nothing but faults ends well`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            let report = try await house.run([.outlets("A,a,kiosk,T1,,1,2")])
            #expect(report.progress.status == .completed)
            #expect(report.files[0].counts == RecordCounts(read: 1, refused: 1))
        }
    }

    @Test func `a validated session rests, merges when asked, and only once`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            let id = try await house.open([.territories("T1")])
            _ = try await house.imports.validate(session: id, by: house.producer)
            try await house.work()
            #expect(try await house.session(id)?.status == .validated)
            #expect(try await house.rows(.territories).isEmpty)
            for _ in 0..<2 { _ = try await house.imports.process(session: id, by: house.producer) }
            try await house.work()
            #expect(try await house.session(id)?.status == .completed)
            #expect(try await house.catalog.read { try $0.version() } == 1)
        }
    }
}
