import Catalog
import Domain
import Testing

struct ImportChunkTests {
    /// Three chunks in each of four files.
    private static let chunks = (0..<12).map { ordinal in
        ImportChunk(
            ordinal: ordinal, fileIndex: ordinal / 3, byteOffset: ordinal * 100, byteLength: 100,
            firstLine: ordinal * 10 + 1, firstRecord: ordinal * 10)
    }

    @Test func `chunks are read as they were written, and those that are there are left alone`() async throws {
        try await with { house in
            var twin = Self.chunks[3]
            twin.byteLength = 5
            let changed = twin
            try await house.catalog.write { try $0.insert([changed], session: "s1") }
            #expect(try await house.catalog.read { try $0.chunks(ofSession: "s1") } == Self.chunks)
            #expect(try await house.catalog.read { try $0.chunks(ofSession: "s2") } == [])
        }
    }

    @Test func `chunks are taken in input order, each once`() async throws {
        try await with { house async throws in
            #expect(try await take(house, limit: 2, files: 5) == [0, 1])
            #expect(try await take(house, limit: 5, files: 5) == [2, 3, 4, 5, 6])
            #expect(try await take(house, limit: 100, files: 5) == [7, 8, 9, 10, 11])
            #expect(try await take(house, limit: 100, files: 5) == [])
        }
    }

    @Test func `no more files are under way than is allowed, and each that ends lets one in`() async throws {
        try await with { house async throws in
            #expect(try await take(house, limit: 100, files: 2) == [0, 1, 2, 3, 4, 5])
            #expect(try await take(house, limit: 100, files: 2) == [])
            for ordinal in [0, 1, 3] { try await done(house, ordinal) }
            #expect(try await take(house, limit: 100, files: 2) == [], "both files have a chunk that is not done")
            try await done(house, 2)
            #expect(try await take(house, limit: 100, files: 2) == [6, 7, 8])
        }
    }

    @Test func `a chunk is done once, whether it was taken or not`() async throws {
        try await with { house in
            _ = try await take(house, limit: 1, files: 1)
            #expect(try await done(house, 0))
            #expect(try await done(house, 0) == false)
            #expect(try await done(house, 5))
            #expect(try await done(house, 99) == false)
            #expect(try await take(house, limit: 4, files: 9) == [1, 2, 3, 4])
            #expect(try await take(house, limit: 1, files: 9) == [6])
        }
    }

    private func with(_ body: (CatalogHouse) async throws -> Void) async throws {
        try await CatalogHouse.with { house in
            try await house.catalog.write { try $0.insert(Self.chunks, session: "s1") }
            try await body(house)
        }
    }

    private func take(_ house: CatalogHouse, limit: Int, files: Int) async throws -> [Int] {
        try await house.catalog.write { writer in
            try writer.takeWaitingChunks(ofSession: "s1", limit: limit, filesAtOnce: files).map(\.ordinal)
        }
    }

    @discardableResult
    private func done(_ house: CatalogHouse, _ ordinal: Int) async throws -> Bool {
        try await house.catalog.write { try $0.markDone(chunk: ordinal, ofSession: "s1", known: nil) }
    }
}
