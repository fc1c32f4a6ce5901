import Catalog
import Domain
import Foundation
import Jobs
import Logging
import ObjectStore
import TestSupport
import Testing

@testable import Imports

/// What the tests of known records share.
enum KnownHouse {
    static let base = [TestFile.territories("T1", "T2"), .distributors("D1", "D2", in: "T1")]

    static func with<Value: Sendable>(_ body: (StageHouse) async throws -> Value) async throws -> Value {
        var limits = ImportLimits()
        limits.chunkBytes = 120
        let tiers = try TestSchema.shop { schema in
            schema.schemaId = "merging"
            schema.deltaStrategy = .merge
        }
        return try await StageHouse.with(TestSchema.shop(), tiers, limits: limits, body)
    }

    static func outlets(_ count: Int, _ name: String = "a") -> [String] {
        (1...count).map { "O\($0),\(name)\($0),wholesale,T\($0 % 2 + 1),D1,1,2" }
    }

    static func file(_ lines: [String]) -> TestFile {
        TestFile("outlets.csv", ([TestFile.outletHeader] + lines).map { $0 + "\n" }.joined())
    }

    /// Validates a session up to its merge; tells its id, its merge job, taken out, and how many rows were known.
    static func validated(
        _ files: [TestFile], _ house: StageHouse
    ) async throws -> (id: String, merge: JobRequest, known: Int) {
        let id = try await house.open(files)
        _ = try await house.imports.process(session: id, by: house.producer, again: true)
        try await house.work(stoppingAt: .merge)
        let (entry, merge) = try #require(try await house.nextJob())
        try await house.catalog.remove([entry])
        return (id, merge, try await known(id, house))
    }

    /// The look that a merge of a session takes at its known rows, and the chunks that it takes it at.
    static func check(_ id: String, _ house: StageHouse) async throws -> (KnownRowsCheck, [ImportChunk]) {
        let session = try #require(try await house.session(id))
        let schema = try #require(try await house.catalog.read { try $0.schema("shop", version: "1") })
        let files = try await house.catalog.read { try $0.files(ofSession: id) }
        let work = ImportStages.Work(session: session, schema: schema, files: files)
        return (
            KnownRowsCheck(
                stages: house.stages, work: work,
                staging: ChunkStaging(stages: house.stages, work: work, logger: ImportHouse.quietLogger)),
            try await house.catalog.read { try $0.chunks(ofSession: id) }
        )
    }

    static func known(_ id: String, _ house: StageHouse) async throws -> Int {
        var known = 0
        for chunk in try await house.catalog.read({ try $0.chunks(ofSession: id) }) {
            guard let stand = chunk.known else { continue }
            let object = ObjectLayout.knownRows(session: id, chunk: chunk.ordinal, known: stand.name)
            known += RowPositions(try SealedBytes.open(try await house.store.get(object, limit: 1 << 20))).count
        }
        return known
    }

    /// The version that the register of outlets names.
    static func registeredAt(_ house: StageHouse) async throws -> Int64 {
        var versions: [(count: Int, base: Int64)] = []
        for entry in try await house.store.list(below: ObjectLayout.knownRecords) {
            let records = try KnownRecords(try await house.store.get(entry.key, limit: 1 << 20))
            versions.append((records.count, records.foot.base))
        }
        return try #require(versions.max { $0.count < $1.count }).base
    }
}
