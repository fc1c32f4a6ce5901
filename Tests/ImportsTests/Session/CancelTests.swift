import Domain
import Jobs
import TestSupport
import Testing

@testable import Imports

/// Sessions that are cancelled at every stage.
@Suite(.timeLimit(.minutes(1)))
struct CancelTests {
    private static let files = [TestFile.territories("T1"), .outlets("A,a,wholesale,T1,,1,2")]

    /// Seen red with the session's jobs not taken back.
    @Test(arguments: [JobType.validateSchema, .validateChunk, .resolve, .merge])
    func `whatever job waits, none of a cancelled session has an effect`(waiting: JobType) async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            let id = try await house.open(Self.files)
            _ = try await house.imports.process(session: id, by: house.producer)
            try await house.work(stoppingAt: waiting)
            let progress = try await house.imports.cancel(session: id, by: house.producer)
            #expect(progress.status == .cancelled && progress.finished)
            let (_, request) = try #require(try await house.nextJob())
            #expect(request.type == waiting)
            #expect(try await house.catalog.isApplied(request.id), "the runtime would run it")
            #expect(try await house.catalog.cancelledJobs(among: [request.id, "other"]) == [request.id])
            // One that was running when it was cancelled.
            try await house.work()
            #expect(try await house.rows(.outlets).isEmpty)
            let session = try #require(try await house.session(id))
            #expect(session.status == .cancelled && session.errorMessage?.contains("by tester") == true)
            #expect(try await house.catalog.read { try $0.state(of: session.topic)?.type } == .importFinished)
        }
    }

    @Test func `cancelling again changes nothing, and what has ended cannot be cancelled`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            let open = try await house.open(Self.files)
            for _ in 0..<2 {
                #expect(try await house.imports.cancel(session: open, by: house.producer).status == .cancelled)
            }
            let done = try await house.run(Self.files).progress.sessionId
            let error = await #expect(throws: RequestError.self) {
                try await house.imports.cancel(session: done, by: house.producer)
            }
            #expect(error?.code == .sessionConflict && error?.message.contains("COMPLETED") == true)
            #expect(try await house.session(done)?.status == .completed)
            let start = await #expect(throws: RequestError.self) {
                try await house.imports.process(session: open, by: house.producer)
            }
            #expect(start?.code == .sessionConflict)
        }
    }

    /// The transaction waits for, or holds, the catalog's one writer.
    @Test func `a merge whose task is cancelled leaves nothing of itself`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            let id = try await house.open(Self.files)
            _ = try await house.imports.process(session: id, by: house.producer)
            try await house.work(stoppingAt: .merge)
            let (_, request) = try #require(try await house.nextJob())
            let merge = Task { try await house.perform(request) }
            merge.cancel()
            await #expect(throws: CancellationError.self) { try await merge.value }
            #expect(try await house.rows(.outlets).isEmpty)
            #expect(try await house.session(id)?.status == .processing)
            // It was only told to end: the next attempt merges.
            try await house.perform(request)
            #expect(try await house.session(id)?.status == .completed)
        }
    }
}
