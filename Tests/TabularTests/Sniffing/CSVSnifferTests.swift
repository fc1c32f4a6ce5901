import Tabular
import Testing

@Suite struct CSVSnifferTests {
    @Test(arguments: [
        ("id,name,city\n1,a,b\n2,\"c;d;e\",f\n", ",", 3),
        ("id;preis;stadt\n1;2,50;b\n2;3,75;d\n", ";", 3),
        ("id\tname\n1\ta, b\n2\tc\n", "\t", 2),
        ("id|tags|x\n1|a,b|c\n2|d,e|f\n", "|", 3),
        ("id,kinds,x,y\n1,a|b,1,2\n2,c|d,3,4\n3,e|f,5,6\n", ",", 4),
    ])
    func findsTheDelimiter(text: String, delimiter: String, columns: Int) {
        let sniff = CSVSniffer.sniff(Array(text.utf8), isWholeFile: true)
        #expect(sniff.dialect.delimiter == delimiter.utf8.first)
        #expect(sniff.columnCount == columns)
        #expect(sniff.confidence > 0.8, "\(sniff.reasons)")
        #expect(sniff.hasHeader)
        #expect(sniff.encoding == .utf8)
        #expect(sniff.newline == .lineFeed)
        #expect(sniff.refusal == nil)
    }

    @Test(arguments: [
        ("a,b\r\nc,d\r\n", CSVSniff.Newline.carriageReturnLineFeed, CSVDialect.Terminator.lineFeed),
        ("a,b\rc,d\r", .carriageReturn, .carriageReturn),
        ("a,b\nc\rc,d\n", .lineFeed, .lineFeed),
        ("a,b", .none, .lineFeed),
    ])
    func findsTheLineEnd(text: String, newline: CSVSniff.Newline, terminator: CSVDialect.Terminator) {
        let sniff = CSVSniffer.sniff(Array(text.utf8), isWholeFile: true)
        #expect(sniff.newline == newline)
        #expect(sniff.dialect.terminator == terminator)
    }

    static let encoded: [([UInt8], CSVSniff.Encoding, Int)] = [
        ([0xEF, 0xBB, 0xBF] + Array("a,b\n1,2\n".utf8), .utf8WithByteOrderMark, 3),
        (utf16("\u{FEFF}a,b\n1,é\n", isLittle: true), .utf16LittleEndian, 2),
        (utf16("\u{FEFF}a,b\n1,é\n", isLittle: false), .utf16BigEndian, 2),
        (utf16("a,b\n1,2\n", isLittle: true), .utf16LittleEndian, 0),
        (utf16("a,b\n1,2\n", isLittle: false), .utf16BigEndian, 0),
        (Array("a,b\n1,caf".utf8) + [0xE9, 0x0A], .latin1, 0),
        (Array("a,b\n1,café\n".utf8), .utf8, 0),
    ]

    static func utf16(_ text: String, isLittle: Bool) -> [UInt8] {
        text.utf16.flatMap { unit -> [UInt8] in
            let pair = [UInt8(unit & 255), UInt8(unit >> 8)]
            return isLittle ? pair : pair.reversed()
        }
    }

    @Test(arguments: encoded)
    func findsTheEncoding(head: [UInt8], encoding: CSVSniff.Encoding, mark: Int) {
        let sniff = CSVSniffer.sniff(head, isWholeFile: true)
        #expect(sniff.encoding == encoding)
        #expect(sniff.byteOrderMarkLength == mark)
        #expect(sniff.columnCount == 2)
        #expect(sniff.confidence > 0.8, "\(sniff.reasons)")
        #expect(sniff.refusal == nil)
    }

    static let refused: [([UInt8], CSVRefusal)] = [
        ([], .empty),
        (Array("\r\n \n".utf8), .empty),
        (Array("%PDF-1.7\n%".utf8) + [0xE2, 0xE3], .binary(format: "PDF")),
        ([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0xAB, 0x56], .binary(format: "gzip")),
        ([0x50, 0x4B, 3, 4, 0x14, 0] + Array("xl/workbook.xml".utf8), .binary(format: "an Excel workbook")),
        ([0x50, 0x4B, 3, 4, 0x14, 0] + Array("outlets.csv".utf8), .binary(format: "a zip archive")),
        (Array("a,b\n1,\0\0\0\n".utf8), .binary(format: nil)),
        (Array("a,b\n1,2\n".utf8) + [1, 2, 3, 4, 5, 6, 7], .binary(format: nil)),
        (Array("<html><body>a,b</body>".utf8), .text(format: "HTML or XML")),
        (Array("[{\"a\": 1}]".utf8), .text(format: "JSON")),
        (Array(" { \"a\": 1 }".utf8), .text(format: "JSON")),
    ]

    @Test(arguments: refused)
    func refusesWhatIsNotCSV(head: [UInt8], refusal: CSVRefusal) {
        let sniff = CSVSniffer.sniff(head, isWholeFile: true)
        #expect(sniff.refusal == refusal)
        #expect(sniff.confidence == 0)
        #expect(!refusal.message.isEmpty)
    }

    @Test func doubtIsTold() {
        let prose =
            "Dear all,\nplease find, attached, the list\nof outlets, as agreed, for May, June\nKind regards\nAnn\n"
        #expect(CSVSniffer.sniff(Array(prose.utf8), isWholeFile: true).confidence < 0.5)
        #expect(CSVSniffer.sniff(Array("id\n1\n2\n".utf8), isWholeFile: true).confidence < 0.5)
        let ragged = "a,b,c\n" + String(repeating: "1,2,3\n", count: 8) + "1,2\n"
        let confidence = CSVSniffer.sniff(Array(ragged.utf8), isWholeFile: true).confidence
        #expect(confidence > 0.8 && confidence < 1)
    }

    @Test func aHeadMayEndAnywhere() {
        let bytes = Array("näme,ört\nä,ö\nü,ß\nß,ü\n".utf8)
        for length in 15...bytes.count {
            let sniff = CSVSniffer.sniff(Array(bytes.prefix(length)))
            #expect(sniff.encoding == .utf8)
            #expect(sniff.columnCount == 2)
            // The first line ends at byte 11, the second at 17; one line alone is half a proof.
            #expect((sniff.confidence <= 0.6) == (length < 17), "\(sniff.confidence) \(sniff.reasons)")
        }
    }
}
