import Tabular
import TestSupport
import Testing

/// Random bytes through everything that takes a stranger's bytes: nothing traps, and what comes out is bounded by what
/// went in.
@Suite struct HostileInputTests {
    @Test func randomBytesNeverTrap() {
        var random = SeededGenerator.printed("randomBytesNeverTrap")
        for round in 0..<400 {
            let alphabet: [UInt8] = round.isMultiple(of: 2) ? Array(0...255) : Array("\"\",;\t|\n\r\0 1.e-".utf8)
            let bytes = (0..<Int.random(in: 0...600, using: &random)).map { _ in
                alphabet[Int.random(in: alphabet.indices, using: &random)]
            }
            let sniff = CSVSniffer.sniff(
                bytes, isWholeFile: round.isMultiple(of: 3), maximumRecordBytes: Int.random(in: 1...300, using: &random)
            )
            #expect((0...1).contains(sniff.confidence))
            var reader = CSVReader(bytes, dialect: sniff.dialect)
            var rawBytes = 0
            while reader.next() {
                rawBytes += reader.byteRange.count
                var valueBytes = 0
                for index in 0..<reader.fieldCount {
                    let value = reader.unescaped(index)
                    valueBytes += value.count
                    _ = (reader.double(index), reader.integer(index), reader.bool(index), reader.isValidUTF8(index))
                    #expect(reader.fieldString(index) == String(decoding: value, as: UTF8.self))
                }
                #expect(valueBytes <= reader.byteRange.count)
                _ = reader.recordHash128()
            }
            #expect(rawBytes <= bytes.count)
            var transcoder = UTF8Transcoder(from: sniff.transcodingSource ?? .windows1252)
            let output = transcoder.feed(bytes) + transcoder.finish()
            #expect(UTF8Validation.firstFault(in: output) == nil)
        }
    }

    @Test func damagedGzipNeverTraps() throws {
        var random = SeededGenerator.printed("damagedGzipNeverTraps")
        let packed = try Gzip.compress(Array(random.soup(of: ["abc", ",", "\n", "1"], count: 3000...3000).utf8))
        for _ in 0..<500 {
            var damaged = packed
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                damaged[Int.random(in: damaged.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            do {
                #expect(try Gzip.decompress(damaged, maximumBytes: 100_000).count <= 100_000)
            } catch {
                #expect(!error.message.isEmpty)
            }
        }
    }

    /// One line of 100 MB, as an upload might hold it, costs a megabyte or two.
    @Test func aHugeLineIsReportedAndDropped() {
        let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
        var boundaries = RecordBoundaries(targetBytes: 1 << 20)
        var chunks = boundaries.feed(Array("id,name\n1,a\n".utf8))
        for _ in 0..<100 { chunks += boundaries.feed(piece) }
        chunks += boundaries.feed(Array("\n2,b\n".utf8)) + boundaries.finish()
        #expect(boundaries.overlongLines.map(\.line) == [3])
        #expect(boundaries.overlongLines.map(\.byteLength) == [100 << 20])
        #expect(chunks.map(\.firstLine) == [2, 4])
        #expect(boundaries.recordCount == 3)
    }
}
