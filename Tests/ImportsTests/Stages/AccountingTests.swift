import Domain
import TestSupport
import Testing

@testable import Imports

/// Whole sessions, from upload to merge, on small inputs: what became of each record.
@Suite(.timeLimit(.minutes(2)))
struct AccountingTests {
    private static let files = [
        TestFile.outlets(
            "A,Able,general trade,T1,D1,52.5,13.4", "B,Baker,modern trade,T1,D2,,", "C,,general trade,T1,D1,1,2",
            "D,Dog,wholesale,T2,D1,0,0", "E,Easy,kiosk,T1,D1,1,2", "A,Able again,general trade,T2,,1,2"),
        TestFile.distributors("D1", "D2", in: "T1"), TestFile.territories("T1", "T2"),
        TestFile.outlets("F,Fox,wholesale,T9,D1,1,2", "G,George,wholesale,T2,D1,1", name: "outlets2.csv"),
    ]

    /// Seen red with the resolve stage not adding what it refused to the file's counts.
    @Test func `every record of every file is accounted for`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            let report = try await house.run(Self.files)
            #expect(report.progress.status == .completed, "\(report.progress.errorMessage ?? "")")
            #expect(
                report.files.map(\.counts) == [
                    RecordCounts(read: 6, inserted: 2, refused: 4, warnings: 1), RecordCounts(read: 2, inserted: 2),
                    RecordCounts(read: 2, inserted: 2), RecordCounts(read: 2, refused: 2),
                ])
            #expect(report.progress.results.totalRecords == 12)
            #expect(report.progress.results.successCount == 6)
            #expect(report.progress.results.errorCount == 6)
            #expect(report.progress.results.warningCount == 1)
            #expect(report.catalogVersion == 1)
            #expect(try await house.rows(.outlets).keys.sorted() == ["A", "B"])
            #expect(try await house.cell(.outlets, "A", "outlet_name") == .text("Able again"))
        }
    }

    /// Seen red with an empty hierarchy in place of the catalog's.
    @Test func `a territory that would stand below its equal in the catalog is refused, and the report says so`()
        async throws
    {
        try await StageHouse.with(TestSchema.shop()) { house in
            _ = try await house.run([.territories("T1", "T2")])
            let report = try await house.run([TestFile("territories.csv", "id,name,parent\nT1,One,T2\nT3,Three,\n")])
            #expect(report.files.map(\.counts) == [RecordCounts(read: 2, inserted: 1, refused: 1)])
            #expect(try await house.cell(.territories, "T1", "parent_id") == .null)
            let issues = try await house.issues(report.progress.sessionId)
            #expect(issues.map(\.code) == [.hierarchy] && issues.map(\.line) == [2])
        }
    }

    @Test func `the same files again change nothing, and wish for no snapshot`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            let first = try await house.run(Self.files)
            let rows = try await house.rows(.outlets)
            let again = try await house.run(Self.files)
            #expect(again.progress.status == .completed)
            for (before, after) in zip(first.files, again.files) {
                #expect(
                    after.counts
                        == RecordCounts(
                            read: before.counts.read, unchanged: before.counts.inserted,
                            refused: before.counts.refused, warnings: before.counts.warnings))
            }
            #expect(try await house.rows(.outlets) == rows)
            let session = try #require(try await house.session(again.progress.sessionId))
            #expect(session.snapshotsTotal == 0 && session.isFinished)
        }
    }

    /// Wholesale outlets are master data like any other; the planners' snapshot leaves them out (`SnapshotEncoderTests`).
    @Test func `wholesale outlets are imported`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            let report = try await house.run([
                .territories("T1"), .outlets("W,Big,Wholesale,T1,,1,2", "G,Small,General trade,T1,,1,2"),
            ])
            #expect(report.files[1].counts == RecordCounts(read: 2, inserted: 2))
            #expect(try await house.cell(.outlets, "W", "channel") == .text("WS"))
        }
    }

    @Test func `a merge wishes for the snapshots of the territories that changed, the left ones too`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            try await house.run([
                .territories("T1", "T2", "T3"), .outlets("A,a,wholesale,T1,,1,2", "B,b,wholesale,T3,,1,2"),
            ])
            let report = try await house.run([.outlets("A,a,wholesale,T2,,1,2", "B,b,wholesale,T3,,1,2")])
            #expect(report.files[0].counts == RecordCounts(read: 2, updated: 1, unchanged: 1))
            let versions = try await house.catalog.read { reader in
                try ["T1", "T2", "T3"].map { try reader.version(ofTerritory: $0) }
            }
            #expect(versions == [2, 2, 1])
            #expect(try await house.session(report.progress.sessionId)?.snapshotsTotal == 2)
        }
    }

    /// Fails with the bound not handed on to where the file is cut: one chunk of ten.
    @Test func `a chunk ends with its last record or its last byte, whichever comes first`() async throws {
        var limits = ImportLimits()
        limits.chunkRecords = 3
        try await StageHouse.with(TestSchema.shop { $0.errorThreshold = nil }, limits: limits) { house in
            let lines = (0..<10).map { "O\($0),o,\($0 % 5 == 0 ? "wholesale" : "kiosk"),T1,,1,2\n" }.joined()
            let report = try await house.run([
                .territories("T1"), TestFile("outlets.csv", TestFile.outletHeader + "\n" + lines),
            ])
            #expect(report.files[1].counts == RecordCounts(read: 10, inserted: 2, refused: 8))
            let id = report.progress.sessionId
            let chunks = try await house.catalog.read { try $0.chunks(ofSession: id) }
            #expect(chunks.filter { $0.fileIndex == 1 }.map(\.firstRecord) == [0, 3, 6, 9])
            #expect(try await house.issues(id).map(\.line) == [3, 4, 5, 6, 8, 9, 10, 11])
        }
    }

    /// Two hundred bytes are an ordinary row.
    @Test func `ordinary rows are cut by their bytes`() {
        let limits = ImportLimits()
        #expect(limits.chunkRecords * 200 > 2 * limits.chunkBytes)
    }

    /// Files of scraps: whatever they hold, the session ends, every record is accounted for, and a second import of the
    /// same files changes nothing.
    @Test(arguments: 0..<6) func `whatever a file holds, the sums hold`(run: Int) async throws {
        var random = SeededGenerator.printed("accounting \(run)")
        let scraps = [
            "A", "B", "C", "T1", "T2", ",", ",", ",", ",", ",", ",", "\n", "\n", "\n", "\"", "\"x,y\"", "\r\n",
            "wholesale", "1.5", "0", "-200", "é", "A,a,wholesale,T1,,1,2\n", "B,b,general trade,T2,D1,1,2\n",
            "C,c,modern trade,T1,D2,1,2\n", "A,z,wholesale,T2,,3,4\n",
        ]
        var files = [TestFile.territories("T1", "T2"), .distributors("D1", "D9", in: "T1")]
        for file in 0..<3 {
            let body = random.soup(of: scraps, count: 0...120)
            files.append(TestFile("outlets\(file).csv", TestFile.outletHeader + "\n" + body))
        }
        var limits = ImportLimits()
        limits.chunkBytes = 48
        limits.chunksInFlight = 3
        limits.filesAtOnce = 2
        let shuffled = files.shuffled(using: &random)
        try await StageHouse.with(TestSchema.shop(), limits: limits) { house in
            let first = try await house.run(shuffled)
            let again = try await house.run(shuffled)
            for report in [first, again] {
                #expect(report.progress.status == .completed, "\(report.progress.errorMessage ?? "")")
                for file in report.files { #expect(file.counts.isBalanced, "\(file.fileName) \(file.counts)") }
            }
            #expect(again.progress.results.unchanged == first.progress.results.successCount)
            #expect(again.progress.results.refused == first.progress.results.refused)
            let id = first.progress.sessionId
            let refusedRecords = Set(
                try await house.issues(id).filter { $0.severity == "ERROR" }.map { "\($0.file) \($0.record)" })
            #expect(refusedRecords.count == first.progress.results.refused)
        }
    }
}
