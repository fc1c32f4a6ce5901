import Tabular
import Testing

/// What is known of a file is not guessed.
@Suite struct CSVStatementTests {
    private static func sniff(_ text: String, _ stated: CSVStatement) -> CSVSniff {
        CSVSniffer.sniff(Array(text.utf8), stated: stated, isWholeFile: true)
    }

    @Test func aStatedDelimiterIsTaken() {
        let sniff = Self.sniff("a,b;c\nd,e;f\n", CSVStatement(delimiter: UInt8(ascii: ";")))
        #expect(sniff.dialect.delimiter == UInt8(ascii: ";") && sniff.columnCount == 2)
        #expect(sniff.dialectConfidence == 1)
        // Excel's own word does not count against it, and is no record.
        let excel = Self.sniff("sep=,\na,b;c\nd,e;f\n", CSVStatement(delimiter: UInt8(ascii: ";")))
        #expect(excel.dialect.delimiter == UInt8(ascii: ";") && excel.preambleLines == 1)
    }

    @Test(arguments: [nil, ",", "\"", "'", ";", "="] as [String?], [nil, ",", "\"", "'", ";", "="] as [String?])
    func anyTwoBytesGoTogether(delimiter: String?, quote: String?) {
        if delimiter != nil, delimiter == quote { return }
        let stated = CSVStatement(delimiter: delimiter?.utf8.first, quote: quote?.utf8.first)
        for text in ["a,b\n1,2\n", "sep='\na'b\n1'2\n", "'a','b'\n'1','2'\n", "{\"a\": 1}\n", "sep==\na=b\n"] {
            let sniff = Self.sniff(text, stated)
            if let refusal = sniff.refusal {
                #expect(refusal == .text(format: "JSON") && delimiter == nil)
                continue
            }
            if let delimiter { #expect(sniff.dialect.delimiter == delimiter.utf8.first) }
            if let quote { #expect(sniff.dialect.quote == quote.utf8.first) }
        }
    }

    /// Each encoding, stated over bytes that are sniffed as UTF-8.
    @Test(arguments: [
        ("utf-8", [0xC3, 0xBC], TextEncoding.utf8), ("UTF8", [0xEF, 0xBB, 0xBF, 0x61], .utf8WithByteOrderMark),
        ("latin-1", [0xC3, 0xBC], .latin1), ("ISO-8859-1", [0xC3, 0xBC], .latin1),
        ("cp1252", [0xC3, 0xBC], .windows1252),
        ("CP437", [0xC3, 0xBC], .codePage437), ("utf-16", [0x61, 0x00], .utf16LittleEndian),
        ("utf-16", [0xFE, 0xFF, 0x00, 0x61], .utf16BigEndian), ("utf-16le", [0xFE, 0xFF, 0x00, 0x61], .utf16BigEndian),
        ("UTF_16BE", [0x00, 0x61], .utf16BigEndian),
    ])
    func aStatedEncodingIsTaken(name: String, bytes: [UInt8], expected: TextEncoding) throws {
        let encoding = try #require(TextEncoding(named: name))
        let sniff = CSVSniffer.sniff(bytes, stated: CSVStatement(encoding: encoding), isWholeFile: true)
        #expect(sniff.refusal == nil)
        #expect(sniff.characters.encoding == expected && sniff.characters.confidence == 1)
        #expect(sniff.characters.markLength == (bytes.count == 4 ? (expected == .utf16BigEndian ? 2 : 3) : 0))
    }

    @Test func everyWordIsUnderstood() {
        #expect(TextEncoding.words.map { TextEncoding(named: $0)?.word } == TextEncoding.words)
        #expect(TextEncoding(named: "utf-7") == nil)
    }

    /// At a half, two readings are as likely. Seen red with only less than a half asked about.
    @Test func aCoinsTossIsAskedAbout() {
        let sniff = CSVSniffer.sniff(Array("id,name\n1,Stra".utf8) + [0xE1] + Array("e\n2,b\n".utf8), isWholeFile: true)
        #expect(sniff.characters.confidence == 0.5)
        #expect(sniff.mustAsk)
    }

    /// A sheet's row is a record, whatever its cells hold. Seen red with the line ends in quotes counted.
    @Test func recordsCanBeCountedInsteadOfLines() {
        let text = Array("a,b\n\n\"x\ny\",\"\n\n\"\n1,2\n".utf8)
        let dialect = CSVDialect(countsRecords: true)
        var reader = CSVReader(text, dialect: dialect)
        var lines: [Int] = []
        while reader.next() { lines.append(reader.line) }
        #expect(lines == [1, 3, 4])
        var boundaries = RecordBoundaries(dialect: dialect, targetBytes: 1)
        let chunks = boundaries.feed(text) + boundaries.finish()
        #expect(chunks.map(\.firstLine) == [3, 4])
        #expect(boundaries.lineCount == 4)
    }
}
