import TestSupport
import Testing

@testable import Tabular

@Suite struct RecordBoundariesTests {
    /// All that a scan tells.
    struct Scan: Equatable {
        var header: CSVChunk?
        var chunks: [CSVChunk]
        var overlong: [OverlongLine]
        var recordCount: Int
        var lineCount: Int
    }

    static let pieces = ["a", "b", "1", ",", ",", "\n", "\n", "\r\n", "\r", "\"", "\"\"", ",\"", "\",", "\"\n", "\n\""]

    /// Feeds `bytes` in pieces whose lengths `nextLength` gives; small pieces are scanned at once, not gathered.
    static func scan(
        _ bytes: [UInt8], dialect: CSVDialect, targetBytes: Int, targetRecords: Int = .max, mark: Int = 0,
        hasHeader: Bool = true, leastScanBytes: Int = 1, nextLength: () -> Int
    ) -> Scan {
        var boundaries = RecordBoundaries(
            dialect: dialect, targetBytes: targetBytes, targetRecords: targetRecords, byteOrderMarkLength: mark,
            hasHeader: hasHeader)
        boundaries.leastScanBytes = leastScanBytes
        var chunks: [CSVChunk] = []
        var position = 0
        while position < bytes.count {
            let end = min(bytes.count, position + nextLength())
            chunks += boundaries.feed(Array(bytes[position..<end]))
            position = end
        }
        chunks += boundaries.finish()
        return Scan(
            header: boundaries.header, chunks: chunks, overlong: boundaries.overlongLines,
            recordCount: boundaries.recordCount, lineCount: boundaries.lineCount)
    }

    @Test func cutsAtRecordEnds() {
        let text = "id,name\n1,\"a\nb\"\n\n2,c\n3,dddddddd\n4,e"
        let scan = Self.scan(Array(text.utf8), dialect: CSVDialect(), targetBytes: 9) { 1 }
        #expect(scan.header == CSVChunk(byteOffset: 0, byteLength: 8, firstLine: 1, firstRecord: 0, recordCount: 1))
        #expect(
            scan.chunks == [
                CSVChunk(byteOffset: 8, byteLength: 9, firstLine: 2, firstRecord: 0, recordCount: 1),
                CSVChunk(byteOffset: 17, byteLength: 15, firstLine: 5, firstRecord: 1, recordCount: 2),
                CSVChunk(byteOffset: 32, byteLength: 3, firstLine: 7, firstRecord: 3, recordCount: 1),
            ])
        #expect(scan.recordCount == 4)
        #expect(scan.lineCount == 7)
    }

    /// Fails with the bytes alone counted: one chunk of all ten.
    @Test func tinyRecordsAreCutByTheirNumber() {
        let text = "h\n" + String(repeating: "x\n\n", count: 10)
        let scan = Self.scan(Array(text.utf8), dialect: CSVDialect(), targetBytes: 1 << 20, targetRecords: 4) { 5 }
        #expect(scan.chunks.map(\.recordCount) == [4, 4, 2])
        #expect(scan.chunks.map(\.firstRecord) == [0, 4, 8])
        #expect(scan.chunks.map(\.firstLine) == [2, 9, 17])
        #expect(scan.recordCount == 10)
    }

    @Test func aNumberThatIsNotReachedCutsNothing() {
        let bytes = Array(("h\n" + String(repeating: "12345,678\n", count: 1000)).utf8)
        let bySize = Self.scan(bytes, dialect: CSVDialect(), targetBytes: 500) { 333 }
        let byBoth = Self.scan(bytes, dialect: CSVDialect(), targetBytes: 500, targetRecords: 51) { 333 }
        #expect(bySize.chunks.count == 20)
        #expect(byBoth == bySize)
    }

    @Test func byteOrderMarkAndNoHeader() {
        let bytes = [0xEF, 0xBB, 0xBF] + Array("1,a\n2,b\n".utf8)
        let scan = Self.scan(bytes, dialect: CSVDialect(), targetBytes: 100, mark: 3, hasHeader: false) { 2 }
        #expect(scan.header == nil)
        #expect(
            scan.chunks == [CSVChunk(byteOffset: 3, byteLength: 8, firstLine: 1, firstRecord: 0, recordCount: 2)])
    }

    @Test func aPreambleIsSkippedAndItsLinesCounted() {
        let bytes = Array("Outlets of May\n\nid,name,city\n1,a,b\n2,c,d\n".utf8)
        let sniff = CSVSniffer.sniff(bytes, isWholeFile: true)
        var boundaries = RecordBoundaries(
            dialect: sniff.dialect, targetBytes: 100, byteOrderMarkLength: sniff.preambleBytes,
            skippedLines: sniff.preambleLines, hasHeader: sniff.hasHeader)
        let chunks = boundaries.feed(bytes) + boundaries.finish()
        #expect(boundaries.header?.firstLine == 3)
        #expect(
            chunks == [CSVChunk(byteOffset: 29, byteLength: 12, firstLine: 4, firstRecord: 0, recordCount: 2)])
        #expect(boundaries.lineCount == 5)
    }

    @Test(arguments: ["", "\n\n", "\r\n"])
    func nothingToRead(text: String) {
        let scan = Self.scan(Array(text.utf8), dialect: CSVDialect(), targetBytes: 1) { 1 }
        #expect(scan.header == nil)
        #expect(scan.chunks.isEmpty)
        #expect(scan.recordCount == 0)
    }

    @Test func overlongLineIsLeftOut() {
        let dialect = CSVDialect(maximumRecordBytes: 6)
        let text = "h\n1\n" + String(repeating: "x", count: 50) + "\n2\n"
        let scan = Self.scan(Array(text.utf8), dialect: dialect, targetBytes: 100) { 3 }
        #expect(scan.overlong == [OverlongLine(line: 3, recordIndex: 1, byteOffset: 4, byteLength: 50)])
        #expect(scan.chunks.map(\.byteOffset) == [2, 55])
        #expect(scan.chunks.map(\.firstRecord) == [0, 2])
        #expect(scan.chunks.map(\.firstLine) == [2, 4])
        let headless = Self.scan(Array("xxxxxxxxxx\n1\n".utf8), dialect: dialect, targetBytes: 100) { 3 }
        #expect(headless.header == nil)
        #expect(headless.overlong.map(\.recordIndex) == [nil])
        #expect(headless.chunks.map(\.firstRecord) == [0])
    }

    /// However the bytes are cut into feeds, the boundaries are the same. Seen red with a closing quote at a feed's end
    /// taken for a stray one, and with the quote cache kept over a move of the buffer.
    @Test func splitsDoNotMatter() {
        var random = SeededGenerator.printed("splitsDoNotMatter")
        for _ in 0..<1500 {
            let bytes = Array(random.soup(of: Self.pieces, count: 0...120).utf8)
            let dialect = CSVDialect(maximumRecordBytes: Int.random(in: 1...40, using: &random))
            let target = Int.random(in: 1...30, using: &random)
            let records = Int.random(in: 1...8, using: &random)
            let whole = Self.scan(
                bytes, dialect: dialect, targetBytes: target, targetRecords: records, leastScanBytes: 1 << 16
            ) { 1 << 20 }
            let single = Self.scan(bytes, dialect: dialect, targetBytes: target, targetRecords: records) { 1 }
            let uneven = Self.scan(bytes, dialect: dialect, targetBytes: target, targetRecords: records) {
                Int.random(in: 1...9, using: &random)
            }
            guard whole == single, whole == uneven else {
                Issue.record("\(String(decoding: bytes, as: UTF8.self).debugDescription) \(dialect) \(target)")
                return
            }
        }
    }

    /// The chunks read one by one are the file read as a whole. Seen red with chunks cut among line-bound records.
    @Test(arguments: [CSVDialect.Terminator.lineFeed, .carriageReturn])
    func chunksReadAsTheWhole(terminator: CSVDialect.Terminator) {
        var random = SeededGenerator.printed("chunksReadAsTheWhole")
        for _ in 0..<1500 {
            let bytes = Array(random.soup(of: Self.pieces, count: 0...150).utf8)
            let maximum = Int.random(in: 1...60, using: &random)
            let dialect = CSVDialect(terminator: terminator, maximumRecordBytes: maximum)
            let target = Int.random(in: 1...40, using: &random)
            let scan = Self.scan(
                bytes, dialect: dialect, targetBytes: target, targetRecords: Int.random(in: 1...8, using: &random),
                hasHeader: false
            ) { 7 }
            let whole = ReadRecord.all(bytes, dialect: dialect)
            var pieced: [ReadRecord] = []
            for chunk in scan.chunks {
                let records = ReadRecord.all(
                    bytes, range: chunk.byteRange, dialect: dialect, firstLine: chunk.firstLine,
                    firstRecord: chunk.firstRecord)
                #expect(records.count == chunk.recordCount)
                #expect(chunk.byteLength <= target + 2 * maximum + 2)
                pieced += records
            }
            let overlong = whole.filter { $0.defect == .overlongLine }
            guard pieced == whole.filter({ $0.defect != .overlongLine }), scan.recordCount == whole.count,
                overlong.map(\.line) == scan.overlong.map(\.line),
                overlong.map(\.index) == scan.overlong.map(\.recordIndex),
                overlong.map(\.offset) == scan.overlong.map(\.byteOffset)
            else {
                Issue.record("\(String(decoding: bytes, as: UTF8.self).debugDescription) \(dialect) \(target)")
                return
            }
        }
    }

    @Test func aStrayQuoteCostsOneLine() {
        var text = "id,name\n"
        for id in 0..<2000 { text += id == 700 ? "\(id),\"Joe's\n" : "\(id),Bob's\n" }
        let dialect = CSVDialect(maximumRecordBytes: 4096)
        let scan = Self.scan(Array(text.utf8), dialect: dialect, targetBytes: 1000) { 333 }
        #expect(scan.recordCount == 2000)
        let records = ReadRecord.all(Array(text.utf8), dialect: dialect)
        #expect(records.count == 2001)
        #expect(records.filter { $0.defect != nil }.map(\.line) == [702])
    }

    /// Each of these lines, taken for a record's first, begins one that never ends. Were each followed to the limit,
    /// the test would run for hours.
    @Test(.timeLimit(.minutes(1)), arguments: ["b\",\"x\n", "\"\n", "\"a\n", ",\"\"\"\n", "\n", "\r", "\"", "\"\r"])
    func hostileRepetitionTakesLinearTime(line: String) {
        let bytes = Array(String(repeating: line, count: 200_000).utf8)
        let scan = Self.scan(bytes, dialect: CSVDialect(), targetBytes: 1 << 16, hasHeader: false) { 100 }
        #expect(scan.recordCount == ReadRecord.all(bytes, dialect: CSVDialect()).count)
    }

    @Test func aDamagedHeaderDragsLinesAlongAndSaysHowMany() {
        let text = "id,\"name\n1,a\n2,\"b\"\n3,c\n"
        let scan = Self.scan(Array(text.utf8), dialect: CSVDialect(), targetBytes: 1) { 1 }
        #expect(scan.header?.recordCount == 3)
        #expect(scan.chunks.map(\.byteOffset) == [19])
        #expect(scan.chunks.map(\.firstLine) == [4])
    }

    @Test func holdsNoMoreThanARecordOrTwo() {
        let dialect = CSVDialect(maximumRecordBytes: 10_000)
        var boundaries = RecordBoundaries(dialect: dialect, targetBytes: 1000)
        var most = 0
        for piece in ["x", "\"x\n", "\"\"", "x,\"\n\","] {
            let bytes = Array(String(repeating: piece, count: 40_000).utf8)
            for _ in 0..<10 {
                _ = boundaries.feed(bytes)
                most = max(most, boundaries.bufferedBytes)
            }
        }
        #expect(most < 2 * 10_000 + 1 << 19)
    }
}
