import Tabular
import TestSupport
import Testing

@Suite struct GzipTests {
    static func sample(_ count: Int, _ random: inout SeededGenerator) -> [UInt8] {
        Array(random.soup(of: ["outlet,", "12.5", "\n", "Texas", "é", "\0"], count: count...count).utf8)
    }

    @Test(arguments: [0, 1, 2, 3])
    func comesBackEqual(level: Int) throws {
        var random = SeededGenerator.printed("gzip comesBackEqual")
        for count in [0, 1, 1000, 60_000] {
            let bytes = Self.sample(count, &random)
            let packed = try Gzip.compress(bytes, level: level)
            #expect(Array(packed.prefix(10)) == [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255])
            #expect(Gzip.isGzip(packed))
            #expect(try Gzip.decompress(packed, maximumBytes: bytes.count) == bytes)
        }
    }

    /// Content-addressed snapshots rest on this.
    @Test(arguments: [0, 1, 3])
    func feedsDoNotChangeTheOutput(level: Int) throws {
        var random = SeededGenerator.printed("gzip feedsDoNotChangeTheOutput")
        let bytes = Self.sample(100_000, &random)
        let whole = try Gzip.compress(bytes, level: level)
        var writer = try GzipWriter(level: level)
        var pieced: [UInt8] = []
        var position = 0
        while position < bytes.count {
            let end = min(bytes.count, position + Int.random(in: 0...50_000, using: &random))
            pieced += try writer.feed(Array(bytes[position..<end]))
            position = end
        }
        pieced += try writer.finish()
        #expect(pieced == whole)
    }

    /// What the reference `gzip` program made of "hello\nhello\n", and that twice, with a tape's zeros behind it.
    @Test func readsOtherWritersAndManyMembers() throws {
        let foreign: [UInt8] = [
            0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0xCB, 0x48, 0xCD, 0xC9, 0xC9, 0xE7, 0xCA, 0x00,
            0x93,
            0x00, 0x77, 0x0C, 0xC7, 0x2F, 0x0C, 0x00, 0x00, 0x00,
        ]
        let text = Array("hello\nhello\n".utf8)
        #expect(try Gzip.decompress(foreign, maximumBytes: 12) == text)
        #expect(try Gzip.decompress(foreign + foreign + [0, 0, 0], maximumBytes: 24) == text + text)
        var reader = try GzipReader(maximumBytes: 24)
        var output: [UInt8] = []
        for byte in foreign + foreign {
            try [byte].withUnsafeBufferPointer { (piece) throws(TabularError) in
                try reader.feed(UnsafeRawBufferPointer(piece)) { output.append(contentsOf: $0) }
            }
        }
        try reader.finish()
        #expect(output == text + text)
    }

    @Test func aBombIsStopped() throws {
        let bomb = try Gzip.compress([UInt8](repeating: 0, count: 10_000_000), level: 3)
        #expect(bomb.count < 40_000)
        #expect(throws: TabularError.self) { try Gzip.decompress(bomb, maximumBytes: 1_000_000) }
        var reader = try GzipReader(maximumBytes: 1_000_000)
        var handed = 0
        var code: TabularError.Code?
        do {
            try bomb.withUnsafeBufferPointer { (piece) throws(TabularError) in
                try reader.feed(UnsafeRawBufferPointer(piece)) { handed += $0.count }
            }
        } catch {
            code = error.code
        }
        #expect(code == .gzipTooLarge)
        #expect(handed <= 1_000_000)
    }

    @Test func damageIsTold() throws {
        let packed = try Gzip.compress(Array("some text that is long enough to be damaged".utf8))
        func code(_ bytes: [UInt8]) -> TabularError.Code? {
            do {
                _ = try Gzip.decompress(bytes, maximumBytes: 1 << 20)
                return nil
            } catch {
                return error.code
            }
        }
        #expect(code([]) == .gzipTruncated)
        for length in 0..<packed.count { #expect(code(Array(packed.prefix(length))) == .gzipTruncated) }
        var wrongSum = packed
        wrongSum[packed.count - 6] ^= 1
        #expect(code(wrongSum) == .gzipCorrupt)
        #expect(code(packed + Array("tail".utf8)) == .gzipCorrupt)
        #expect(code(Array("id,name\n".utf8)) == .gzipCorrupt)
        #expect(throws: TabularError.self) { try Gzip.compress([1], level: 4) }
    }
}
