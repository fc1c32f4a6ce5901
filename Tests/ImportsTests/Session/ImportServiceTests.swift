import Domain
import Foundation
import ObjectStore
import TestSupport
import Testing

@testable import Imports

@Suite(.timeLimit(.minutes(1)))
struct ImportServiceTests {
    private static func open(_ house: StageHouse, _ file: TestFile = .territories("T1")) async throws -> OpenedSession {
        try await house.imports.open(
            schemaID: "shop", version: nil, files: [DeclaredFile(name: file.name, size: Int64(file.bytes.count))],
            by: house.producer, traceparent: nil)
    }

    @Test func `files are sealed when the session starts: a later upload is refused and leaves nothing`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            let file = TestFile.territories("T1")
            let opened = try await Self.open(house, file)
            let url = try #require(opened.uploadUrls[file.name])
            try await house.upload(file.bytes, to: url)
            // Once more before the start is allowed: the last one counts.
            try await house.upload(file.bytes, to: url)
            _ = try await house.imports.process(session: opened.sessionId, by: house.producer)
            let error = await #expect(throws: RequestError.self) { try await house.upload(file.bytes, to: url) }
            #expect(error?.status == 409 && error?.message.contains("sealed") == true)
            try await house.work()
            #expect(try await house.session(opened.sessionId)?.status == .completed)
            let kept = try await house.catalog.read { try $0.files(ofSession: opened.sessionId)[0] }
            let object = ObjectLayout.uploaded(session: opened.sessionId, file: 0, sha256: kept.sha256 ?? "")
            #expect(try await house.store.size(object) == nil)
        }
    }

    /// Seen red with the sessions not counted, and with other users' counted too.
    @Test func `so many sessions of a user wait for their files, and no more`() async throws {
        var limits = ImportLimits()
        limits.uploadingSessions = 2
        try await StageHouse.with(TestSchema.shop(), limits: limits) { house in
            let first = try await Self.open(house)
            _ = try await Self.open(house)
            let error = await #expect(throws: RequestError.self) { try await Self.open(house) }
            #expect(error?.status == 429 && error?.message.contains("start or cancel") == true)
            _ = try await Self.open(house.as(UserContext(userId: "other", role: .admin)))
            _ = try await house.imports.cancel(session: first.sessionId, by: house.producer)
            _ = try await Self.open(house)
        }
    }

    @Test func `a session does not start before every file is there, and says which are missing`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            let opened = try await Self.open(house)
            let error = await #expect(throws: RequestError.self) {
                try await house.imports.process(session: opened.sessionId, by: house.producer)
            }
            #expect(error?.code == .sessionConflict && error?.message.contains("territories.csv") == true)
            #expect(try await house.session(opened.sessionId)?.status == .uploading)
            #expect(try await house.nextJob() == nil)
        }
    }

    /// Seen red with the check of the whole size left out.
    @Test(arguments: [(-1, 400), (1, 413)]) func `an upload of another size than declared is refused`(
        difference: Int, status: Int
    ) async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            let file = TestFile.territories("T1")
            let opened = try await Self.open(house, file)
            let bytes = difference < 0 ? Array(file.bytes.dropLast()) : file.bytes + [0x0A]
            let error = await #expect(throws: RequestError.self) {
                try await house.upload(bytes, to: opened.uploadUrls[file.name] ?? "")
            }
            #expect(error?.status == status)
            let kept = try await house.catalog.read { try $0.files(ofSession: opened.sessionId)[0].sha256 }
            #expect(kept == nil)
        }
    }

    @Test func `a URL that is changed or late is refused`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            let file = TestFile.territories("T1")
            let opened = try await Self.open(house, file)
            let url = try #require(opened.uploadUrls[file.name])
            for forged in [
                url.replacing("upload-00000", with: "upload-00001"), url.replacing("expires=", with: "expires=1"),
            ] {
                let error = await #expect(throws: RequestError.self) { try await house.upload(file.bytes, to: forged) }
                #expect(error?.status == 403)
            }
        }
    }

    @Test func `asked twice for processing, a session runs once`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            let id = try await house.open([.territories("T1")])
            _ = try await house.imports.validate(session: id, by: house.producer)
            for _ in 0..<3 { _ = try await house.imports.process(session: id, by: house.producer) }
            var jobs: [JobType] = []
            while let (entry, request) = try await house.nextJob() {
                jobs.append(request.type)
                try await house.perform(request)
                try await house.catalog.remove([entry])
            }
            #expect(jobs == [.validateSchema, .validateChunk, .resolve, .merge])
            #expect(try await house.session(id)?.status == .completed)
        }
    }

    @Test func `another's session is as good as none, and importing needs its permission`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            let id = try await house.open([.territories("T1")])
            let other = UserContext(
                userId: "other", role: .distributorUser,
                assignments: [.init(territoryId: "T1", level: .area, permissions: [.importData])])
            for session in [id, "imp_nothing"] {
                let error = await #expect(throws: RequestError.self) {
                    try await house.imports.report(onSession: session, for: other)
                }
                #expect(error?.status == 404)
            }
            let viewer = UserContext(
                userId: "viewer", role: .gtPlanner,
                assignments: [.init(territoryId: "T1", level: .country, permissions: [.viewTerritory])])
            for user in [viewer, UserContext(userId: "planner", role: .gtPlanner)] {
                let error = await #expect(throws: RequestError.self) {
                    try await house.imports.open(
                        schemaID: "shop", version: nil, files: [], by: user, traceparent: nil)
                }
                #expect(error?.code == .insufficientPermissions)
            }
        }
    }

    @Test func `a schema's version is kept once: the same again is taken, another one is not`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            try await house.imports.save(TestSchema.shop(), by: house.producer)
            let error = await #expect(throws: RequestError.self) {
                try await house.imports.save(TestSchema.shop { $0.errorThreshold = 0.5 }, by: house.producer)
            }
            #expect(error?.status == 409)
            // A session keeps the version that it was opened with.
            let id = try await house.open([.territories("T1")])
            try await house.imports.save(
                TestSchema.shop {
                    $0.version = "2"
                    $0.errorThreshold = 0
                }, by: house.producer)
            #expect(try await house.session(id)?.schemaVersion == "1")
            #expect(try await house.session(house.open([.territories("T1")]))?.schemaVersion == "2")
        }
    }
}
