import Domain
import Foundation
import Jobs
import ObjectStore
import TestSupport
import Testing

@testable import Imports

/// The broker may deliver any job again, late, or while it still runs elsewhere: its effect happens once.
@Suite(.timeLimit(.minutes(2)))
struct RunTwiceTests {
    private static let files = [
        TestFile.territories("T1", "T2"), .distributors("D1", in: "T1"),
        .outlets(
            "A,a,wholesale,T1,D1,1,2", "B,b,kiosk,T1,D1,1,2", "C,c,general trade,T2,D1,1,2", "C,d,wholesale,T2,,1,2",
            "E,e,wholesale,T9,,1,2"),
    ]

    private static func house(_ body: (StageHouse) async throws -> Void) async throws {
        var limits = ImportLimits()
        limits.chunkBytes = 40
        limits.chunksInFlight = 3
        limits.filesAtOnce = 2
        limits.checkpointSeconds = 0
        try await StageHouse.with(TestSchema.shop(), limits: limits, body)
    }

    /// What a session leaves, told without its id.
    private static func traces(_ house: StageHouse, _ id: String) async throws -> [String] {
        let report = try await house.report(id)
        var traces = report.files.map { "\($0.fileName) \($0.counts)" }
        traces.append("\(report.progress.results) \(report.progress.status) \(report.catalogVersion ?? -1)")
        traces.append(String(decoding: try await house.reportBytes(id), as: UTF8.self))
        for table in EntityTable.allCases {
            traces += try await house.rows(table).values
                .map { row in table.columns.map { "\(row[$0.name] ?? .null)" }.joined(separator: "|") }.sorted()
        }
        // One event for each effect.
        let told = try await house.catalog.read { try $0.state(of: .importSession(id)) }
        traces.append("\(told?.sequence ?? -1) events")
        let pending = try await house.catalog.read { try $0.pendingJobs() }
        return traces + pending.map { "\($0.queue) \($0.count)" }.sorted()
    }

    private static func expected() async throws -> [String] {
        var traces: [String] = []
        try await house { house in
            traces = try await Self.traces(house, house.run(Self.files).progress.sessionId)
        }
        return traces
    }

    /// Seen red with the checkpoint not read.
    @Test func `a survey that was cut short goes on after the files that it had done`() async throws {
        try await Self.house { house in
            let id = try await house.open(Self.files)
            _ = try await house.imports.process(session: id, by: house.producer)
            let request = try #require(try await house.nextJob()?.request)
            struct Killed: Error {}
            let kept = Signals<Data>()
            let first: Job<ValidateSchemaJob> = try house.job(request) { checkpoint in
                kept.send(checkpoint)
                throw Killed()
            }
            await #expect(throws: Killed.self) {
                try await ValidateSchemaHandler(stages: house.stages).handle(first)
            }
            let checkpoint = try await kept.next("the checkpoint")
            let done = try #require(SurveyCheckpoint(checkpoint).findings.keys.first)
            try await house.store.delete(ObjectLayout.sealedFile(session: id, file: done))
            let second: Job<ValidateSchemaJob> = try house.job(request, checkpoint: checkpoint)
            #expect(try await ValidateSchemaHandler(stages: house.stages).handle(second) == .done)
            let session = try await house.catalog.read { try $0.session(id) }
            #expect(session?.stage == .validate)
        }
    }

    /// Seen red with `markApplied` not looked at in `ImportStages.apply`.
    @Test func `every job run twice over gives what one run gives`() async throws {
        let expected = try await Self.expected()
        try await Self.house { house in
            let id = try await house.open(Self.files)
            _ = try await house.imports.process(session: id, by: house.producer)
            try await house.work(times: 2)
            let traces = try await Self.traces(house, id)
            #expect(traces == expected)
        }
    }

    /// Jobs in any order that the queues allow, each any number of times, old ones long after their time.
    @Test(arguments: 0..<5) func `jobs shuffled and repeated give what one run in order gives`(run: Int) async throws {
        var random = SeededGenerator.printed("run twice \(run)")
        let expected = try await Self.expected()
        try await Self.house { house in
            let id = try await house.open(Self.files)
            _ = try await house.imports.process(session: id, by: house.producer)
            var waiting: [JobRequest] = []
            var past: [JobRequest] = []
            while true {
                while let (entry, request) = try await house.nextJob() {
                    waiting.append(request)
                    try await house.catalog.remove([entry])
                }
                guard !waiting.isEmpty else { break }
                let next = waiting.remove(at: Int.random(in: waiting.indices, using: &random))
                for _ in 0..<Int.random(in: 1...2, using: &random) { try await house.perform(next) }
                past.append(next)
                for old in past.shuffled(using: &random) where Bool.random(using: &random) {
                    try await house.perform(old)
                }
            }
            #expect(past.count > 6)
            for old in past { try await house.perform(old) }
            let traces = try await Self.traces(house, id)
            #expect(traces == expected)
        }
    }

    /// Seen red with a random number among the staged bytes.
    @Test func `a stage that runs again writes the same bytes to the same place`() async throws {
        try await Self.house { house in
            let id = try await house.open(Self.files)
            _ = try await house.imports.validate(session: id, by: house.producer)
            var requests: [JobRequest] = []
            while let (entry, request) = try await house.nextJob(), request.type != .resolve {
                requests.append(request)
                try await house.perform(request)
                try await house.catalog.remove([entry])
            }
            let chunks = try await house.catalog.read { try $0.chunks(ofSession: id) }
            #expect(chunks.count > 4)
            let objects =
                [ObjectLayout.fileLayouts(session: id)]
                + Self.files.indices.map { ObjectLayout.sealedFile(session: id, file: $0) }
                + chunks.flatMap { chunk in
                    [
                        ObjectLayout.stagedRows(session: id, chunk: chunk.ordinal),
                        ObjectLayout.stagedKeys(session: id, chunk: chunk.ordinal),
                        ObjectLayout.stagedIssues(session: id, chunk: chunk.ordinal),
                    ]
                }
            var before: [[UInt8]] = []
            for object in objects { before.append(try await house.store.get(object, limit: 1 << 20)) }
            for request in requests { try await house.perform(request) }
            for (object, bytes) in zip(objects, before) {
                #expect(try await house.store.get(object, limit: 1 << 20) == bytes, "\(object)")
            }
        }
    }

    /// Seen red with one place for every version: the merge let a row in that was counted as refused.
    @Test func `a resolve that was overtaken elsewhere writes where no merge reads`() async throws {
        try await Self.house { house in
            try await house.run([.territories("T1")])
            let id = try await house.open([.outlets("A,a,wholesale,T9,,1,2", "B,b,wholesale,T1,,1,2")])
            _ = try await house.imports.process(session: id, by: house.producer)
            try await house.work(stoppingAt: .merge)
            // It looked at the catalog as it was at version 0 and comes to its end only now.
            try await house.store.put(RefusedRows.key(session: id, version: 0), RefusedRows.encoded([:]))
            try await house.work()
            #expect(try await house.report(id).files[0].counts == RecordCounts(read: 2, inserted: 1, refused: 1))
            #expect(try await house.rows(.outlets).keys.sorted() == ["B"])
        }
    }

    /// Seen red: the second run looked at the newer catalog and let a row in that was already counted as refused.
    @Test func `a resolve that runs again after another session's merge changes nothing`() async throws {
        try await Self.house { house in
            let id = try await house.open([.outlets("A,a,wholesale,T1,,1,2")])
            _ = try await house.imports.process(session: id, by: house.producer)
            try await house.work(stoppingAt: .resolve)
            let (entry, resolve) = try #require(try await house.nextJob())
            try await house.perform(resolve)
            try await house.catalog.remove([entry])
            let (merge, request) = try #require(try await house.nextJob())
            try await house.catalog.remove([merge])
            try await house.run([.territories("T1")])
            try await house.perform(resolve)
            try await house.perform(request)
            let report = try await house.report(id)
            #expect(report.files[0].counts == RecordCounts(read: 1, refused: 1))
            #expect(try await house.issues(id).map(\.code) == [.referenceUnknown])
            #expect(try await house.rows(.outlets).isEmpty)
        }
    }
}
