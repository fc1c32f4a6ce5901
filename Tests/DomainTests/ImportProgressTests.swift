import Domain
import Foundation
import Testing

struct ImportProgressTests {
    @Test func `a new session has done nothing`() {
        let progress = ImportProgress(of: Self.session())
        #expect(progress.progress == 0)
        #expect(progress.stages.map(\.name) == ImportStage.allCases)
        #expect(!progress.finished)
    }

    /// Every stage, status and share, the most generous numbers among them.
    @Test(arguments: ImportStatus.allCases, ImportStage.allCases)
    func `nothing but the end is 100`(_ status: ImportStatus, stage: ImportStage) {
        for bytes in [(0, 0), (0, 10), (10, 10), (20, 10)] as [(Int64, Int64)] {
            for snapshots in [(0, 0), (0, 3), (2, 3), (3, 3)] {
                var session = Self.session()
                session.status = status
                session.stage = stage
                (session.bytesDone, session.bytesTotal) = bytes
                (session.snapshotsDone, session.snapshotsTotal) = snapshots
                let progress = ImportProgress(of: session)
                let isEnd = status == .completed && snapshots.0 >= snapshots.1
                #expect(progress.progress == 100 || !isEnd)
                #expect((0...99).contains(progress.progress) || isEnd)
                #expect(progress.finished == (isEnd || (status.isTerminal && status != .completed)))
            }
        }
    }

    @Test func `progress grows from stage to stage`() {
        var session = Self.session()
        session.bytesTotal = 100
        session.snapshotsTotal = 4
        var seen: [Int] = []
        for stage in ImportStage.allCases {
            session.stage = stage
            seen.append(ImportProgress(of: session).progress)
            if stage == .validate {
                for bytes in stride(from: Int64(25), through: 100, by: 25) {
                    session.bytesDone = bytes
                    seen.append(ImportProgress(of: session).progress)
                }
            }
        }
        session.status = .completed
        for snapshots in 0...4 {
            session.snapshotsDone = snapshots
            seen.append(ImportProgress(of: session).progress)
        }
        #expect(seen == seen.sorted())
        #expect(seen.last == 100)
        #expect(seen.dropLast().allSatisfy { $0 < 100 })
    }

    @Test func `a running stage tells its rows, its speed and its time left, another one does not`() {
        var session = Self.session()
        session.status = .processing
        session.stage = .validate
        (session.bytesDone, session.bytesTotal) = (300, 1000)
        session.counts.read = 60
        let stages = ImportProgress(of: session, stageSeconds: 4).stages
        let validate = stages.first { $0.name == .validate }
        #expect(validate?.rows == 60)
        #expect(validate?.rowsPerSecond == 15)
        #expect(validate?.secondsLeft == 9.3)
        #expect(stages.filter { $0.name != .validate }.allSatisfy { $0.rowsPerSecond == nil && $0.secondsLeft == nil })
        // Nothing done yet says nothing of the speed, and neither does the end.
        #expect(ImportProgress(of: session, stageSeconds: 0).stages.allSatisfy { $0.rowsPerSecond == nil })
        session.status = .failed
        #expect(ImportProgress(of: session, stageSeconds: 4).stages.allSatisfy { $0.secondsLeft == nil })
    }

    /// Seen red with the better knowledge taken whatever it is.
    @Test func `what somebody knows better never takes progress back`() {
        var session = Self.session()
        session.stage = .merge
        let told = ImportProgress(of: session)
        let ahead = told.with(.init(name: .merge, done: 5, total: 10, unit: "records"))
        #expect(ahead.progress > told.progress)
        #expect(ahead.stages.first { $0.name == .merge }?.done == 5)
        #expect(told.with(.init(name: .schema, done: 0, total: 1, unit: "steps")).progress == told.progress)
    }

    @Test func `results come from the counts`() {
        let results = ImportResults(
            counts: RecordCounts(read: 21, inserted: 1, updated: 2, unchanged: 4, refused: 14, warnings: 5))
        #expect(results.totalRecords == 21)
        #expect(results.successCount == 7)
        #expect(results.errorCount == 14)
        #expect(results.warningCount == 5)
    }

    @Test func `counts add up`() {
        var counts = RecordCounts(read: 1, inserted: 2, updated: 3, unchanged: 4, refused: 5, warnings: 6)
        counts += RecordCounts(read: 10, inserted: 20, updated: 30, unchanged: 40, refused: 50, warnings: 60)
        #expect(
            counts == RecordCounts(read: 11, inserted: 22, updated: 33, unchanged: 44, refused: 55, warnings: 66))
    }

    private static func session() -> ImportSession {
        ImportSession(sessionID: "s", userID: "u", schemaID: "o", schemaVersion: "1", createdAt: "")
    }
}
