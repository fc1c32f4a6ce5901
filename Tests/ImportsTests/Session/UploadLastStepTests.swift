import Catalog
import Domain
import Foundation
import ObjectStore
import TestSupport
import Testing

@testable import Imports

/// The last step of an upload: it moves to where it belongs, and the catalog is told of it.
@Suite(.timeLimit(.minutes(1)))
struct UploadLastStepTests {
    private static let file = TestFile.territories("T1", "T2")
    private static let length = Int64(file.bytes.count)

    /// A session with one file that nothing was uploaded of.
    private struct Opened {
        let house: StageHouse
        let id: String

        var part: ObjectKey { ObjectLayout.partialUpload(session: id, file: 0) }

        /// What the session has in the object store.
        func objects() async throws -> [ObjectKey] {
            try await house.store.list(below: ObjectLayout.staging(session: id)).map(\.key)
        }

        func row() async throws -> ImportFile {
            try #require(try await house.catalog.read { try $0.files(ofSession: id) }.first)
        }

        func url(inParts: Bool) async throws -> String {
            let urls = try await house.imports.uploadURLs(
                session: id, fileName: UploadLastStepTests.file.name, by: house.producer)
            return inParts ? urls.parts : urls.whole
        }

        func claim() async throws -> PartialUploadClaim {
            let items = URLComponents(string: try await url(inParts: true))?.queryItems ?? []
            let query = Dictionary(uniqueKeysWithValues: items.map { ($0.name, $0.value ?? "") })
            return PartialUploadClaim(
                sessionID: id, file: 0, expires: Int64(query["expires"] ?? "") ?? 0,
                signature: query["signature"] ?? "")
        }

        /// Asks how far the upload in parts is.
        func offset() async throws -> Int64 { try await house.imports.partialUpload(try await claim()).offset }

        /// A service whose catalog takes no writes.
        func failing() throws -> ImportService {
            try house.service(on: FailingWrites(catalog: house.catalog) { throw FailingWrites.busy })
        }
    }

    private static func with(_ body: (Opened) async throws -> Void) async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            let opened = try await house.imports.open(
                schemaID: "shop", version: nil, files: [DeclaredFile(name: file.name, size: length)],
                by: house.producer, traceparent: nil)
            try await body(Opened(house: house, id: opened.sessionId))
        }
    }

    /// Where the upload lies at last.
    private static func uploaded(_ opened: Opened) async throws -> ObjectKey {
        try await opened.house.upload(file.bytes, to: try await opened.url(inParts: false))
        return try #require(try await opened.row().uploadedObject)
    }

    @Test func `an upload in parts that the catalog cannot be told of stays where it arrived, and goes on from there`()
        async throws
    {
        try await Self.with { opened in
            #expect(try await opened.house.store.append(Self.file.bytes, to: opened.part, at: 0))
            let claim = try await opened.claim()
            let failing = try opened.failing()
            await #expect(throws: CatalogError.self) { try await failing.partialUpload(claim) }
            #expect(try await opened.objects() == [opened.part])
            #expect(try await opened.row().size == nil)
            #expect(try await opened.offset() == Self.length)
            #expect(try await opened.row().size == Self.length)
            #expect(try await opened.objects() == [try #require(try await opened.row().uploadedObject)])
        }
    }

    @Test func `an upload that was moved and not told of is told of when its offset is asked for`() async throws {
        try await Self.with { opened in
            let object = try await Self.uploaded(opened)
            // As it is where the process ended between the two.
            let unsaved = ImportFile(
                sessionID: opened.id, index: 0, fileName: Self.file.name, entity: "territories",
                declaredSize: Self.length)
            try await opened.house.catalog.write { try $0.save(unsaved) }
            #expect(try await opened.row().uploadedObject == nil)
            #expect(try await opened.offset() == Self.length)
            #expect(try await opened.row().uploadedObject == object)
            _ = try await opened.house.imports.process(session: opened.id, by: opened.house.producer)
        }
    }

    @Test func `bytes that are not what their name says are no upload, and go when it is given up`() async throws {
        try await Self.with { opened in
            let object = ObjectLayout.uploaded(
                session: opened.id, file: 0, sha256: String(repeating: "0", count: 64))
            try await opened.house.store.put(object, Self.file.bytes)
            #expect(try await opened.offset() == 0)
            #expect(try await opened.row().size == nil)
            try await opened.house.imports.removePartialUpload(try await opened.claim())
            #expect(try await opened.objects().isEmpty)
        }
    }

    @Test func `a whole upload that the catalog cannot be told of leaves nothing but what was there`() async throws {
        try await Self.with { opened in
            let failing = try opened.failing()
            let url = try await opened.url(inParts: false)
            await #expect(throws: CatalogError.self) {
                try await opened.house.upload(Self.file.bytes, to: url, through: failing)
            }
            #expect(try await opened.objects().isEmpty)
            let object = try await Self.uploaded(opened)
            // The same once more: it is the one that counts.
            await #expect(throws: CatalogError.self) {
                try await opened.house.upload(Self.file.bytes, to: url, through: failing)
            }
            #expect(try await opened.objects() == [object])
            #expect(try await opened.row().uploadedObject == object)
        }
    }
}
