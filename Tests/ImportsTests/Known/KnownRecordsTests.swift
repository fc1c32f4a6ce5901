import Domain
import ObjectStore
import TestSupport
import Testing

@testable import Imports

/// The register of known records, as bytes.
struct KnownRecordsTests {
    private static func entries(_ count: Int, _ random: inout SeededGenerator) -> [KnownRecords.Entry] {
        (0..<count).map { number in
            // Some share all the bits that the index looks at.
            let print =
                number % 3 == 0 ? UInt64(number) << 8 | 7 : UInt64.random(in: 1...UInt64.max, using: &random)
            return KnownRecords.Entry(print: print, keyHash: UInt64.random(in: 1...UInt64.max, using: &random))
        }
    }

    private static func encoded(_ entries: [KnownRecords.Entry]) async throws -> [UInt8] {
        try await TestFolder.with { folder in
            let store = try LocalObjectStore(root: folder.path)
            let key = ObjectKey("register")
            var writer = KnownRecordsWriter(try await store.writer(key), room: entries.count / 2)
            for entry in entries { try await writer.add(entry) }
            try await writer.finish(base: 7, session: "s")
            return try await store.get(key, limit: 1 << 24)
        }
    }

    @Test(arguments: [1, 2, 3, 9, 100, 3000, 70_000])
    func `every record is found in any order, and no other`(count: Int) async throws {
        var random = SeededGenerator.printed("known records \(count)")
        let entries = Self.entries(count, &random)
        let records = try KnownRecords(try await Self.encoded(entries))
        #expect(records.foot == KnownRecords.Foot(base: 7, session: "s", count: count))
        for order in [entries, entries.reversed(), entries.shuffled(using: &random)] {
            var next = 0
            for entry in order { #expect(records.keyHash(of: entry.print, next: &next) == entry.keyHash) }
        }
        let prints = Set(entries.map(\.print))
        var next = count / 2
        for number in 0..<2000 {
            let other = number % 2 == 0 ? UInt64(number) << 8 | 7 : UInt64.random(in: 1...UInt64.max, using: &random)
            if !prints.contains(other) { #expect(records.keyHash(of: other, next: &next) == nil) }
        }
        #expect(next == count / 2, "a record that is not known moves nothing")
    }

    @Test func `forgotten records are not found any more`() async throws {
        var random = SeededGenerator.printed("forgotten records")
        let entries = Self.entries(500, &random)
        var records = try KnownRecords(try await Self.encoded(entries))
        let forgotten = Set(entries.prefix(200).map(\.keyHash))
        records.forget(forgotten)
        var next = 0
        for entry in entries {
            let isForgotten = forgotten.contains(entry.keyHash)
            #expect(records.keyHash(of: entry.print, next: &next) == (isForgotten ? nil : entry.keyHash))
        }
    }

    /// Whatever the object holds, nothing beyond it is read.
    @Test func `damaged bytes are refused, or find what they may`() async throws {
        var random = SeededGenerator.printed("damaged register")
        let entries = Self.entries(60, &random)
        let bytes = try await Self.encoded(entries)
        for length in 0..<bytes.count {
            #expect(throws: StagedDataError.self) { try KnownRecords(Array(bytes[..<length])) }
        }
        for _ in 0..<3000 {
            var damaged = bytes
            for _ in 0..<Int.random(in: 1...20, using: &random) {
                damaged[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            guard let records = try? KnownRecords(damaged) else { continue }
            var next = 0
            for entry in entries { _ = records.keyHash(of: entry.print, next: &next) }
        }
    }

    @Test func `a session whose name does not fit, and no records, leave none`() async throws {
        #expect(KnownRecords.Foot(base: 1, session: String(repeating: "x", count: 300), count: 1).encoded == nil)
        #expect(KnownRecords.Foot(base: 1, session: "x", count: 1).encoded?.count == KnownRecords.Foot.bytes)
        await #expect(throws: ObjectStoreError.self) { try await Self.encoded([]) }
    }

    @Test func `positions come back as they were`() {
        var random = SeededGenerator.printed("row positions")
        for _ in 0..<50 {
            let chosen = Set(
                (0..<Int.random(in: 0...60, using: &random)).map { _ in Int.random(in: 0...200, using: &random) })
            var positions = RowPositions()
            for position in chosen.shuffled(using: &random) { positions.insert(position) }
            let read = RowPositions(positions.encoded)
            #expect(read == positions && read.count == chosen.count)
            #expect((0...300).filter(read.contains) == chosen.sorted())
        }
    }

    @Test func `the filter loses none, and takes few for one`() {
        var random = SeededGenerator.printed("hash filter")
        let hashes = (0..<5000).map { _ in UInt64.random(in: 0...UInt64.max, using: &random) }
        var filter = HashFilter(capacity: hashes.count)
        for hash in hashes { filter.insert(hash) }
        #expect(hashes.allSatisfy(filter.mayContain))
        let others = (0..<5000).count { _ in filter.mayContain(UInt64.random(in: 0...UInt64.max, using: &random)) }
        #expect(others < 1000)
        #expect(!HashFilter(capacity: 0).mayContain(3))
    }
}
