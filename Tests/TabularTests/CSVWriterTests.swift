import Tabular
import TestSupport
import Testing

@Suite struct CSVWriterTests {
    @Test func quotesWhatMustBeQuoted() {
        var writer = CSVWriter(lineEnding: .carriageReturnLineFeed)
        writer.row(["a", "b,c", "d\"e", "f\ng", "h\r", "", " i "])
        writer.row([""])
        writer.row([])
        writer.row(["", ""])
        let expected = "a,\"b,c\",\"d\"\"e\",\"f\ng\",\"h\r\",, i \r\n\"\"\r\n\"\"\r\n,\r\n"
        #expect(String(decoding: writer.bytes, as: UTF8.self) == expected)
        #expect(writer.takeBytes().count == expected.utf8.count)
        #expect(writer.bytes.isEmpty)
    }

    @Test(arguments: [
        ("=1+1", "'=1+1"), ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"), ("-2+3", "'-2+3"), ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"), ("\r=1", "\"'\r=1\""), ("=\"a\"", "\"'=\"\"a\"\"\""), ("-12.5", "-12.5"), ("+7", "+7"),
        ("-1e5", "-1e5"), ("-", "'-"), ("a=b", "a=b"), ("", "\"\""), ("+44 20 7946", "'+44 20 7946"),
    ])
    func guardsFormulas(cell: String, expected: String) {
        var guarded = CSVWriter(guardsFormulas: true)
        guarded.row([cell])
        #expect(String(decoding: guarded.bytes, as: UTF8.self) == expected + "\n")
        var plain = CSVWriter()
        plain.row([cell])
        #expect(ReadRecord.all(plain.bytes).map(\.fields) == [[cell]])
    }

    /// A record that a writer takes as it is must be what it would have made of its fields, and most plain ones are taken.
    @Test(arguments: [false, true]) func whatIsTakenAsItIsIsWhatWouldBeWritten(guardsFormulas: Bool) {
        var random = SeededGenerator.printed("whatIsTakenAsItIsIsWhatWouldBeWritten")
        let pieces = [
            "a", "é", " ", ",", ",", ";", "\"", "\r", "'", "-", "+", "=", "@", "\t", "1", ".5", "\0", "\"a,\"",
            ",\"b\"",
        ]
        var (taken, quoted) = (0, 0)
        let cells = [
            "a", "\"x,y\"", "\"q\"", "-1", "=1", "\"=1,2\"", "\"a\"\"b\"", "", "'", "\"n\r\"", "a\"b", "\"c\"d",
        ]
        for round in 0..<3000 {
            let text =
                round.isMultiple(of: 2)
                ? random.soup(of: pieces, count: 1...12)
                : (0..<Int.random(in: 1...4, using: &random)).map { _ in cells.randomElement(using: &random) ?? "" }
                    .joined(separator: ",")
            var reader = CSVReader(Array("\(text)\n".utf8), dialect: CSVDialect(delimiter: UInt8(ascii: ",")))
            guard reader.next() else { continue }
            var writer = CSVWriter(guardsFormulas: guardsFormulas)
            guard writer.takesAsIs(reader) else { continue }
            taken += 1
            quoted += text.contains("\"") ? 1 : 0
            var whole = writer
            whole.field("before")
            reader.bytes.withUnsafeBytes {
                whole.fields(asTheyAre: UnsafeRawBufferPointer(rebasing: $0[reader.byteRange]))
            }
            whole.endRow()
            writer.row(["before"] + (0..<reader.fieldCount).map { reader.fieldString($0) })
            #expect(String(decoding: whole.bytes, as: UTF8.self) == String(decoding: writer.bytes, as: UTF8.self))
        }
        #expect(taken > 200)
        #expect(quoted > 30)
    }

    @Test func whatIsDividedOrQuotedOtherwiseIsNotTakenAsItIs() {
        for dialect in [CSVDialect(delimiter: UInt8(ascii: ";")), CSVDialect(quote: UInt8(ascii: "'"))] {
            var reader = CSVReader(Array("1;x;z\n".utf8), dialect: dialect)
            let isThere = reader.next()
            #expect(isThere)
            #expect(!CSVWriter().takesAsIs(reader))
            #expect(CSVWriter(dialect: dialect).takesAsIs(reader))
        }
    }

    @Test func severalEmptyFieldsAreAsManySingleOnes() {
        for count in 0...4 {
            for before in 0...1 {
                var (together, single) = (CSVWriter(), CSVWriter())
                for _ in 0..<before { together.field("x") }
                for _ in 0..<before { single.field("x") }
                together.emptyFields(count)
                for _ in 0..<count { single.field("") }
                together.endRow()
                single.endRow()
                #expect(together.bytes == single.bytes, "\(count) behind \(before)")
            }
        }
    }

    @Test func whatIsWrittenReadsBackEqual() {
        var random = SeededGenerator.printed("whatIsWrittenReadsBackEqual")
        let pieces = ["a", "é", " ", ",", ";", "\"", "\"\"", "\n", "\r\n", "\r", "'", "\0", "🏪"]
        for round in 0..<300 {
            let delimiter = round.isMultiple(of: 2) ? UInt8(ascii: ",") : UInt8(ascii: ";")
            let dialect = CSVDialect(delimiter: delimiter)
            let columns = Int.random(in: 1...6, using: &random)
            let table = (0..<Int.random(in: 0...12, using: &random)).map { _ in
                (0..<columns).map { _ in random.soup(of: pieces, count: 0...6) }
            }
            var writer = CSVWriter(
                dialect: dialect, lineEnding: round.isMultiple(of: 3) ? .lineFeed : .carriageReturnLineFeed)
            for row in table { writer.row(row) }
            let records = ReadRecord.all(writer.bytes, dialect: dialect)
            #expect(records.map(\.fields) == table)
            #expect(records.allSatisfy { $0.defect == nil })
        }
    }

    @Test("a field is quoted wherever what divides stands in it", arguments: [",", "\"", "\n", "\r"])
    func quotesWhateverDivides(_ mark: String) {
        for length in 1...20 {
            for position in 0..<length {
                let field = String(repeating: "x", count: position) + mark + String(repeating: "\u{AC}", count: length)
                var writer = CSVWriter()
                writer.row([field, "next"])
                let escaped = field.replacing("\"", with: "\"\"")
                #expect(writer.bytes == Array("\"\(escaped)\",next\n".utf8))
            }
        }
    }

    @Test(arguments: [0, 7, -7, 1_234_567_890, Int.max, Int.min]) func `whole numbers are fields`(number: Int) {
        var writer = CSVWriter(dialect: CSVDialect(delimiter: UInt8(ascii: ";")))
        writer.field(number)
        writer.field("x")
        writer.field(number)
        writer.endRow()
        #expect(String(decoding: writer.takeBytes(), as: UTF8.self) == "\(number);x;\(number)\n")
    }
}
