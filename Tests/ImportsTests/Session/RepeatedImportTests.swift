import Catalog
import Domain
import Foundation
import Jobs
import Testing

@testable import Imports

/// The same files once more.
struct RepeatedImportTests {
    private static let ground = [TestFile.territories("T1", "T2"), .distributors("D1", in: "T1")]
    private static let shops = [TestFile.outlets("o1,One,General Trade,T1,D1,1,2")]

    /// Processes files and runs the jobs that are asked for; how the session then stands, and how many jobs there were.
    private static func process(
        _ files: [TestFile], _ house: StageHouse, again: Bool = false
    ) async throws -> (progress: ImportProgress, jobs: Int) {
        let id = try await house.open(files)
        _ = try await house.imports.process(session: id, by: house.producer, again: again)
        var jobs = 0
        while let (entry, request) = try await house.nextJob() {
            try await house.perform(request)
            try await house.catalog.remove([entry])
            jobs += 1
        }
        return (try await house.report(id).progress, jobs)
    }

    private static func expectDone(_ files: [TestFile], _ house: StageHouse, because: Comment) async throws {
        #expect(try await process(files, house).jobs > 0, because)
    }

    @Test func `files whose effect stands are answered with the session that had it, and nothing is done`() async throws
    {
        try await StageHouse.with(TestSchema.shop()) { house in
            let first = try await Self.process(Self.ground, house)
            #expect(first.jobs == 5 && first.progress.sameAs == nil)
            let version = try await house.catalog.read { try $0.version() }
            let second = try await Self.process(Self.ground, house)
            #expect(second.jobs == 0)
            #expect(second.progress.sameAs == first.progress.sessionId)
            #expect(second.progress.status == .completed && second.progress.finished)
            #expect(second.progress.progress == 100)
            #expect(try await house.catalog.read { try $0.version() } == version)
            // What was told of it is the end.
            let told = try await house.catalog.read { try $0.state(of: .importSession(second.progress.sessionId)) }
            #expect(told?.type == .importFinished)
            // Asked once more, it says the same.
            let asked = try await house.imports.process(session: second.progress.sessionId, by: house.producer)
            #expect(asked.sameAs == first.progress.sessionId)
            let forced = try await Self.process(Self.ground, house, again: true)
            #expect(forced.jobs == 5 && forced.progress.results.unchanged == 3)
            // The one that found all unchanged stands for the next.
            #expect(try await Self.process(Self.ground, house).progress.sameAs == forced.progress.sessionId)
        }
    }

    @Test func `a validated session is answered too, and a validation is always made`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            let first = try await Self.process(Self.ground, house)
            let id = try await house.open(Self.ground)
            _ = try await house.imports.validate(session: id, by: house.producer)
            try await house.work()
            #expect(try await house.session(id)?.status == .validated)
            let progress = try await house.imports.process(session: id, by: house.producer)
            #expect(progress.sameAs == first.progress.sessionId)
            #expect(try await house.nextJob() == nil)
        }
    }

    /// Seen red with the files' order left out of the key.
    @Test func `another byte, order, schema version or user is another import`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            _ = try await Self.process(Self.ground, house)
            try await Self.expectDone(
                [.territories("T1", "T2"), .distributors("D2", in: "T1")], house, because: "another file")
            let other = UserContext(userId: "other", role: .admin)
            let id = try await house.imports.open(
                schemaID: "shop", version: nil,
                files: Self.ground.map { DeclaredFile(name: $0.name, size: Int64($0.bytes.count)) }, by: other,
                traceparent: nil)
            for file in Self.ground { try await house.upload(file.bytes, to: id.uploadUrls[file.name] ?? "") }
            #expect(try await house.imports.process(session: id.sessionId, by: other).sameAs == nil, "another user")
            try await house.work()
            _ = try await Self.process(Self.ground, house, again: true)
            try await Self.expectDone(Array(Self.ground.reversed()), house, because: "another order")
            try await house.imports.save(try TestSchema.shop { $0.version = "2" }, by: house.producer)
            try await Self.expectDone(Self.ground, house, because: "another version of the schema")
        }
    }

    /// Seen red with a change that no history tells of passed over.
    @Test func `a later change of what the rows are or depend on ends the effect, another one does not`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            _ = try await Self.process(Self.ground, house)
            _ = try await Self.process(Self.shops, house)
            #expect(try await Self.process(Self.ground, house).jobs == 0, "outlets are not what the ground depends on")
            #expect(try await Self.process(Self.shops, house).jobs == 0)
            _ = try await Self.process([.distributors("D9", in: "T1")], house)
            try await Self.expectDone(Self.shops, house, because: "outlets refer to distributors")
            #expect(try await Self.process(Self.shops, house).jobs == 0)
            // Found all unchanged: nothing for anybody.
            _ = try await Self.process(Self.ground, house, again: true)
            #expect(try await Self.process(Self.shops, house).jobs == 0)
            // A change past every session, which no history tells of.
            try await house.remove("o1", from: .outlets)
            let mended = try await Self.process(Self.shops, house)
            #expect(mended.progress.results.inserted == 1)
        }
    }

    @Test(arguments: [ImportStatus.rolledBack, .failed]) func `a session that was undone has no effect`(
        _ status: ImportStatus
    ) async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            let first = try await Self.process(Self.ground, house)
            try await house.catalog.write { writer in
                guard var session = try writer.session(first.progress.sessionId) else { return }
                session.status = status
                try writer.save(session)
            }
            try await Self.expectDone(Self.ground, house, because: "\(status)")
        }
    }

    /// Seen red with an unknown change taken for none.
    @Test(arguments: [
        ([EarlierEffect.Later.tables([.outlets])], true), ([.tables([.distributors])], false), ([.anything], false),
        ([], true), ([.tables([]), .tables([.routes])], true), ([.tables([]), .anything], false),
    ]) func `only changes that are known not to matter leave it standing`(
        _ later: [EarlierEffect.Later], _ stands: Bool
    ) {
        var session = ImportSession(sessionID: "s", userID: "u", schemaID: "x", schemaVersion: "1", createdAt: "")
        session.status = .completed
        #expect(EarlierEffect(of: session, tables: [.distributors, .territories], later: later).stands == stands)
    }
}
