import Tabular
import TestSupport
import Testing

@Suite struct DialectChoiceTests {
    static let everyDelimiter = Array(",;\t|^:~#!&/%$@*= ".utf8) + [0x1F, 0x01]

    /// A table of names, decimal numbers, dates and times, its cells quoted where they must be.
    static func table(_ delimiter: UInt8, decimal: String = ".", rows: Int = 40, _ random: inout SeededGenerator)
        -> [UInt8]
    {
        var writer = CSVWriter(dialect: CSVDialect(delimiter: delimiter))
        writer.row(["id", "name", "price", "opened", "note"])
        for row in 1...rows {
            writer.row([
                "\(1000 + row)",
                ["Joe's Bar", "A & B", "Café Nero", "O\"Neil", "Main St, No 5"].randomElement(using: &random) ?? "",
                "\(row * 7 % 90)\(decimal)\(10 + row % 80)", "2024-0\(1 + row % 9)-1\(row % 10)",
                ["", "closed", "two\nlines", "see a;b|c, d"].randomElement(using: &random) ?? "",
            ])
        }
        return writer.bytes
    }

    @Test(arguments: everyDelimiter)
    func findsAnyDelimiter(delimiter: UInt8) {
        var random = SeededGenerator.printed("findsAnyDelimiter \(delimiter)")
        for decimal in [".", ","] {
            let sniff = CSVSniffer.sniff(Self.table(delimiter, decimal: decimal, &random), isWholeFile: true)
            let description = "\(delimiter) \(decimal): \(sniff.dialect.delimiter) \(sniff.confidence) \(sniff.reasons)"
            #expect(sniff.dialect.delimiter == delimiter, "\(description)")
            #expect(sniff.columnCount == 5, "\(description)")
            #expect(sniff.hasHeader)
            // A space is offered, never taken unasked.
            #expect(sniff.mustAsk == (delimiter == UInt8(ascii: " ")), "\(description)")
        }
    }

    @Test(arguments: ["1,5;2,5\n3,5;4,75\n5,0;6,25\n", "a;1,5\nb;2,5\nc;3,25\n", "1,5;2,5;3,5\n1,5;2,5;3,5\n"])
    func decimalCommasDivideNothing(text: String) {
        let sniff = CSVSniffer.sniff(Array(text.utf8), isWholeFile: true)
        #expect(sniff.dialect.delimiter == UInt8(ascii: ";"))
    }

    @Test func apostrophesMayQuote() {
        let text = "id;name;x\n1;'a;b';'c'\n2;'d';'e;f'\n3;'g';'h'\n"
        let sniff = CSVSniffer.sniff(Array(text.utf8), isWholeFile: true)
        #expect(sniff.dialect.quote == UInt8(ascii: "'"))
        #expect(sniff.columnCount == 3)
        #expect(sniff.confidence > 0.8)
        let possessive = "id,name\n1,Joe's\n2,O'Neil's\n3,'s Gravenhage\n"
        #expect(CSVSniffer.sniff(Array(possessive.utf8), isWholeFile: true).dialect.quote == UInt8(ascii: "\""))
    }

    @Test(arguments: [
        ("Report of outlets\nMade on 2024-05-01\n\nid,name,city,zip\n1,a,b,10001\n2,c,d,10002\n3,e,f,10003\n", 3),
        ("Report, May 2024,,\n,,,\nid,name,city,zip\n1,a,b,10001\n2,c,d,10002\n3,e,f,10003\n", 2),
        ("\n\nid,name\n1,a\n2,b\n", 0),
        ("id,name,city,zip\n1,,,\n2,c,d,10002\n3,e,f,10003\n", 0),
    ])
    func findsWhereTheTableBegins(text: String, lines: Int) {
        let bytes = Array(text.utf8)
        let sniff = CSVSniffer.sniff(bytes, isWholeFile: true)
        #expect(sniff.preambleLines == lines)
        #expect(sniff.hasHeader)
        if lines > 0 { #expect(String(decoding: bytes[sniff.preambleBytes...], as: UTF8.self).hasPrefix("id,")) }
    }

    @Test func excelSaysWhichDelimiterFollows() {
        let sniff = CSVSniffer.sniff(Array("sep=|\r\nid|a,b\r\n1|2,3\r\n".utf8), isWholeFile: true)
        #expect(sniff.dialect.delimiter == UInt8(ascii: "|"))
        #expect(sniff.preambleLines == 1)
        #expect(sniff.preambleBytes == 7)
        #expect(sniff.columnCount == 2)
    }

    @Test func carriageReturnsMayEndRecordsDespiteALineFeedWithin() {
        let text = "id,name\r1,\"a\nb\"\r2,c\r3,d\r4,e\r5,f\r"
        let sniff = CSVSniffer.sniff(Array(text.utf8), isWholeFile: true)
        #expect(sniff.dialect.terminator == .carriageReturn)
        #expect(sniff.newline == .carriageReturn)
        #expect(sniff.columnCount == 2)
        // And stray ones within fields do not.
        let strays = "id,name\n1,a\rb\n2,c\rd\re\n3,f\n"
        #expect(CSVSniffer.sniff(Array(strays.utf8), isWholeFile: true).dialect.terminator == .lineFeed)
    }

    @Test(arguments: [
        "\"MB1\",\"000000632.34\",\"TX\"\n\"MB2\",\"000000000.00\",\"TX\"\n\"MB3\",\"000012000.50\",\"TX\"\n",
        "1,2\n3,4\n5,6\n", "ann,12\nbob,13\ncat,14\n",
    ])
    func noticesThatThereIsNoHeader(text: String) {
        let sniff = CSVSniffer.sniff(Array(text.utf8), isWholeFile: true)
        #expect(!sniff.hasHeader)
        #expect(sniff.confidence > 0.7)
    }

    /// A file that would come in as one column is asked about, with a proposal where there is one.
    @Test(arguments: ["id\n1\n2\n", "id§name\n1§a\n2§b\n", "12345 abc\n12346 def\n", "a\n"])
    func oneColumnIsNeverTakenSilently(text: String) {
        let sniff = CSVSniffer.sniff(Array(text.utf8), isWholeFile: true)
        #expect(sniff.mustAsk)
        #expect(sniff.reasons.count > 3 || sniff.columnCount == 2)
    }

    @Test func theRunnerUpIsNamed() {
        // Two by commas, two by semicolons: nobody can tell.
        let sniff = CSVSniffer.sniff(Array("a,b;c\nd,e;f\ng,h;i\n".utf8), isWholeFile: true)
        #expect(sniff.runnerUp?.columnCount == 2)
        #expect(sniff.runnerUp?.dialect.delimiter != sniff.dialect.delimiter)
        #expect(sniff.mustAsk)
    }
}
