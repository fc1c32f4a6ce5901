import Tabular
import Testing

@Suite struct CSVReaderTests {
    @Test(
        arguments: [
            ("", []),
            ("\n\n\r\n", []),
            ("a", [["a"]]),
            ("a,b\n", [["a", "b"]]),
            ("a,b\r\nc,d", [["a", "b"], ["c", "d"]]),
            ("a\n\n\nb", [["a"], ["b"]]),
            (",\n", [["", ""]]),
            (",", [["", ""]]),
            ("a,\n", [["a", ""]]),
            (" a , b \n", [[" a ", " b "]]),
            ("\"a\",\"b\"", [["a", "b"]]),
            ("\"\"\n", [[""]]),
            ("\"\",\"\"\n", [["", ""]]),
            ("\"a,b\",c", [["a,b", "c"]]),
            ("\"a\"\"b\"\n", [["a\"b"]]),
            ("\"\"\"\"\n", [["\""]]),
            ("\"\"\"a\"\"\",x\n", [["\"a\"", "x"]]),
            ("\"a\nb\",c\nd,e", [["a\nb", "c"], ["d", "e"]]),
            ("\"a\r\nb\"\r\n\"c\"\r\n", [["a\r\nb"], ["c"]]),
            ("a\"b,c\"\n", [["a\"b", "c\""]]),
            ("a \"b\",c\n", [["a \"b\"", "c"]]),
            ("a\rb,c\nd", [["a\rb", "c"], ["d"]]),
            ("a,b\r\r\nc", [["a", "b"], ["c"]]),
            ("\"a\nb\"\r\r\nc", [["a\nb"], ["c"]]),
            ("\"a\n\",\"\n\",x\ny", [["a\n", "\n", "x"], ["y"]]),
            ("a\0b,\0\n", [["a\0b", "\0"]]),
            ("é,漢字,🏪\n", [["é", "漢字", "🏪"]]),
            ("x,\"last\"", [["x", "last"]]),
            ("x,\"last\nlines\"", [["x", "last\nlines"]]),
        ] as [(String, [[String]])])
    func soundInput(text: String, expected: [[String]]) {
        let records = ReadRecord.all(Array(text.utf8))
        #expect(records.map(\.fields) == expected)
        #expect(records.allSatisfy { $0.defect == nil })
    }

    /// What a stray quote costs: its own line, and no other.
    @Test(
        arguments: [
            ("1,\"x\n2,y\n3,z\n", [["1", "x"], ["2", "y"], ["3", "z"]], [0]),
            ("1,\"x\n2,\"y, z\",0\n3,z\n", [["1", "x"], ["2", "y, z", "0"], ["3", "z"]], [0]),
            ("1,\"x\n2,\"y\n3,z", [["1", "x"], ["2", "y"], ["3", "z"]], [0, 1]),
            ("\"\n\"a\",b\n", [[""], ["a", "b"]], [0]),
            ("a,\"", [["a", ""]], [0]),
            ("a,\"b\"\"", [["a", "b\""]], [0]),
            ("a,\"b,c", [["a", "b,c"]], [0]),
            ("1,\"x\n2,\"\"\n3,z\n", [["1", "x"], ["2", ""], ["3", "z"]], [0]),
            ("1,\"x\r\n2,\"y\"\r\n", [["1", "x"], ["2", "y"]], [0]),
            ("1,\"x\n2,y\"\rz\n3", [["1", "x"], ["2", "y\"\rz"], ["3"]], [0]),
        ] as [(String, [[String]], [Int])])
    func unclosedQuote(text: String, expected: [[String]], damaged: [Int]) {
        let records = ReadRecord.all(Array(text.utf8))
        #expect(records.map(\.fields) == expected)
        #expect(records.filter { $0.defect == .unclosedQuote }.map(\.index) == damaged)
    }

    @Test(
        arguments: [
            ("\"a\"b,c\n", [["ab", "c"]]),
            ("\"a\" ,c\n", [["a ", "c"]]),
            ("\"a\"b\"c\",d\n", [["ab\"c\"", "d"]]),
            ("\"a\"\"b\"c,d\n", [["a\"bc", "d"]]),
        ] as [(String, [[String]])])
    func textAfterClosingQuote(text: String, expected: [[String]]) {
        let records = ReadRecord.all(Array(text.utf8))
        #expect(records.map(\.fields) == expected)
        #expect(records.map(\.defect) == [.textAfterClosingQuote])
    }

    @Test func linesIndicesAndPlaces() {
        let text = "h,i\n\n\"a\nb\",c\r\n\r\nd,e"
        let records = ReadRecord.all(Array(text.utf8), firstLine: 10, firstRecord: 5)
        #expect(records.map(\.line) == [10, 12, 15])
        #expect(records.map(\.lineCount) == [1, 2, 1])
        #expect(records.map(\.index) == [5, 6, 7])
        #expect(records.map(\.offset) == [0, 5, 16])
    }

    @Test func otherDialects() {
        let semicolon = CSVDialect(delimiter: UInt8(ascii: ";"), quote: UInt8(ascii: "'"))
        #expect(ReadRecord.fields("a,b;'c;d';\"e\"\n", dialect: semicolon) == [["a,b", "c;d", "\"e\""]])
        let oldMac = CSVDialect(terminator: .carriageReturn)
        #expect(ReadRecord.fields("a,b\r\rc,\"d\re\"\r", dialect: oldMac) == [["a", "b"], ["c", "d\re"]])
    }

    @Test func overlongRecords() {
        let dialect = CSVDialect(maximumRecordBytes: 8)
        // Eight bytes pass, nine do not; a record of many lines that is too long is its first line.
        let records = ReadRecord.all(Array("12345678\n123456789\nab\n\"a\nb\nc\nd\ne\"\nz".utf8), dialect: dialect)
        #expect(records.map(\.fields) == [["12345678"], [], ["ab"], ["a"], ["b"], ["c"], ["d"], ["e\""], ["z"]])
        #expect(records.map(\.defect) == [nil, .overlongLine, nil, .unclosedQuote, nil, nil, nil, nil, nil])
        #expect(records.map(\.line) == Array(1...9))
    }

    @Test func accessorsBeyondTheRecordAreEmpty() {
        var reader = CSVReader(Array("a,\"b\"\"c\", 12.5 ,yes,7\n".utf8))
        #expect(reader.fieldString(0) == "")
        let hasFirst = reader.next()
        #expect(hasFirst)
        #expect(reader.fieldCount == 5)
        #expect(!reader.needsUnescape(0))
        #expect(reader.needsUnescape(1))
        #expect(reader.unescaped(1) == Array("b\"c".utf8))
        #expect(reader.double(2) == 12.5)
        #expect(reader.bool(3) == true)
        #expect(reader.integer(4) == 7)
        #expect(reader.fieldString(5) == "")
        #expect(reader.fieldString(-1) == "")
        #expect(reader.isBlank(5))
        #expect(reader.double(5) == nil)
        #expect(reader.hash64(1) == StableHash.hash64(Array("b\"c".utf8)))
        let hasSecond = reader.next()
        #expect(!hasSecond)
        #expect(reader.fieldCount == 0)
    }

    @Test func brokenTextIsRepairedAndTold() {
        var reader = CSVReader(Array("29".utf8) + [0x8C] + Array(" CHILL,ok\n".utf8))
        let hasRecord = reader.next()
        #expect(hasRecord)
        #expect(!reader.isValidUTF8(0))
        #expect(reader.isValidUTF8(1))
        #expect(reader.fieldString(0) == "29\u{FFFD} CHILL")
    }

    @Test("a record asked for by its index is the one that going through them finds", arguments: 0..<7)
    func goesToARecord(index: Int) {
        let bytes = Array("a,1\n\"b\n,\",2\n\n\(String(repeating: "x", count: 40))\nc,3\n\"d,4\ne,5\n".utf8)
        let dialect = CSVDialect(maximumRecordBytes: 20)
        var all = CSVReader(bytes, dialect: dialect, firstLine: 7, firstRecord: 0)
        var found: Bool
        repeat { found = all.next() } while found && all.recordIndex < index
        var asked = CSVReader(bytes, dialect: dialect, firstLine: 7, firstRecord: 0)
        #expect(asked.next(from: index) == found)
        #expect(found == (index < 6))
        guard found else { return }
        #expect(asked.recordIndex == index && asked.line == all.line && asked.byteRange == all.byteRange)
        #expect((0..<asked.fieldCount).map { asked.unescaped($0) } == (0..<all.fieldCount).map { all.unescaped($0) })
        #expect(asked.defect == all.defect && asked.next() == all.next() && asked.byteRange == all.byteRange)
    }
}
