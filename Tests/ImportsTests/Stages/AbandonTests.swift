import Domain
import Jobs
import ObjectStore
import Testing

@testable import Imports

/// Jobs that will not be done, and data that a stage did not write.
@Suite(.timeLimit(.minutes(1)))
struct AbandonTests {
    private static let files = [TestFile.territories("T1"), .outlets("A,a,wholesale,T1,,1,2")]

    /// A session whose next job is of a type.
    private static func waiting(
        for type: JobType, _ house: StageHouse
    ) async throws -> (id: String, request: JobRequest) {
        let id = try await house.open(files)
        _ = try await house.imports.process(session: id, by: house.producer)
        try await house.work(stoppingAt: type)
        return (id, try #require(try await house.nextJob()).request)
    }

    private static func abandon(_ request: JobRequest, _ house: StageHouse) async throws {
        let reason = "the disk is gone"
        switch request.type {
        case .validateSchema:
            try await ValidateSchemaHandler(stages: house.stages).abandon(house.job(request), because: reason)
        case .validateChunk:
            try await ValidateChunkHandler(stages: house.stages).abandon(house.job(request), because: reason)
        case .resolve: try await ResolveHandler(stages: house.stages).abandon(house.job(request), because: reason)
        case .merge: try await MergeHandler(stages: house.stages).abandon(house.job(request), because: reason)
        default: Issue.record("\(request.type) is no import's job")
        }
    }

    @Test(arguments: [JobType.validateSchema, .validateChunk, .resolve, .merge])
    func `a job that is given up fails its session, says why, and leaves the catalog alone`(type: JobType) async throws
    {
        try await StageHouse.with(TestSchema.shop()) { house in
            let (id, request) = try await Self.waiting(for: type, house)
            try await Self.abandon(request, house)
            let session = try #require(try await house.session(id))
            #expect(session.status == .failed && session.errorCode == "ERR_IMPORT_003")
            #expect(session.errorMessage?.contains("the disk is gone") == true)
            if type == .validateChunk { #expect(session.errorMessage?.contains("file 1, from line 2 on") == true) }
            let told = try await house.catalog.read { try $0.state(of: session.topic) }
            #expect(told?.type == .importFinished)
            // Given up again, or run after all: nothing more happens.
            try await Self.abandon(request, house)
            #expect(try await house.perform(request) == .done)
            try await house.work()
            #expect(try await house.session(id) == session)
            #expect(try await house.rows(.territories).isEmpty)
            #expect(try await house.catalog.read { try $0.state(of: session.topic)?.sequence } == told?.sequence)
        }
    }

    /// The mark is written when the dead letter is recorded: a worker that dies between the two must not find the job
    /// marked, or the letter is never written. Seen red.
    @Test(arguments: [JobType.validateSchema, .validateChunk, .resolve, .merge])
    func `giving a job up leaves its mark alone`(type: JobType) async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            let (_, request) = try await Self.waiting(for: type, house)
            try await Self.abandon(request, house)
            #expect(try await house.catalog.isApplied(request.id) == false)
        }
    }

    @Test func `a job given up after its session was merged changes nothing`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            let (id, request) = try await Self.waiting(for: .merge, house)
            try await house.perform(request)
            let session = try await house.session(id)
            try await Self.abandon(request, house)
            #expect(try await house.session(id) == session)
        }
    }

    /// It cannot be made again, as its file is no longer whole.
    @Test(arguments: [JobType.resolve, .merge]) func `damaged staged data gets nothing merged and names the cure`(
        type: JobType
    ) async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            let (id, request) = try await Self.waiting(for: type, house)
            let object =
                type == .resolve
                ? ObjectLayout.stagedKeys(session: id, chunk: 1) : ObjectLayout.stagedRows(session: id, chunk: 1)
            var bytes = try await house.store.get(object, limit: 1 << 20)
            bytes[bytes.count - 6] ^= 0xFF
            bytes.removeLast()
            try await house.store.put(object, bytes)
            let chunks = try await house.catalog.read { try $0.chunks(ofSession: id) }
            let file = ObjectLayout.sealedFile(session: id, file: chunks[1].fileIndex)
            try await house.store.put(file, Array("id\n".utf8))
            let cure = StagedDataError()
            do {
                let disposition = try await house.perform(request)
                #expect(disposition == .dead(reason: "\(cure)"))
            } catch {
                #expect(error is StagedDataError)
            }
            #expect(cure.description.contains("import its files again"))
            #expect(try await house.catalog.isApplied(request.id) == false)
            #expect(try await house.rows(.territories).isEmpty)
            #expect(try await house.session(id)?.status == .processing)
        }
    }

    @Test func `a sealed file that has become shorter is dead at once`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            let (id, request) = try await Self.waiting(for: .validateChunk, house)
            try await house.store.put(ObjectLayout.sealedFile(session: id, file: 0), Array("id,name,parent\n".utf8))
            guard case .dead(let reason) = try await house.perform(request) else {
                Issue.record("the chunk was validated")
                return
            }
            #expect(reason.contains("territories.csv is shorter"))
        }
    }
}
