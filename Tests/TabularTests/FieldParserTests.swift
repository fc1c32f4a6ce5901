import Tabular
import TestSupport
import Testing

@Suite struct FieldParserTests {
    @Test(arguments: [
        ("0", 0.0), ("-0", -0.0), ("12", 12.0), (" 12.5 ", 12.5), ("+.5", 0.5), ("5.", 5.0), ("1e3", 1000.0),
        ("1E-3", 0.001), ("-2.5e+2", -250), ("000000632.34", 632.34), ("34.052235", 34.052235),
        ("9007199254740993", 9007199254740992), ("1.7976931348623157e308", .greatestFiniteMagnitude),
        ("5e-324", .leastNonzeroMagnitude),
        ("0.1", 0.1), ("123456789012345678901234567890", 1.2345678901234568e29), ("1e-400", 0.0),
        ("-118.24368499999999999999999", -118.243685), ("\t7\t", 7.0),
    ])
    func numbers(text: String, expected: Double) throws {
        let value = try #require(FieldParser.double(Array(text.utf8)))
        #expect(value.bitPattern == expected.bitPattern)
    }

    @Test(arguments: [
        "", " ", "-", "+", ".", "e5", "1e", "1e+", "0x10", "inf", "nan", "Infinity", "1,5", "1 2", "1.2.3", "--1",
        "1e999",
        "$5", "5%", "١", "1\0", "1\u{A0}", "1\n",
    ])
    func notNumbers(text: String) {
        #expect(FieldParser.double(Array(text.utf8)) == nil)
        #expect(FieldParser.integer(Array(text.utf8)) == nil)
    }

    @Test func agreesWithTheStandardLibrary() {
        var random = SeededGenerator.printed("agreesWithTheStandardLibrary")
        for _ in 0..<5000 {
            var text = random.soup(of: (0...9).map(String.init), count: 1...20)
            if Bool.random(using: &random) { text += "." + random.soup(of: (0...9).map(String.init), count: 1...12) }
            if Bool.random(using: &random) { text += "e\(Int.random(in: -330...300, using: &random))" }
            guard let expected = Double(text) else { continue }
            #expect(FieldParser.double(Array(text.utf8)) == (expected.isFinite ? expected : nil), "\(text)")
        }
    }

    @Test func aMillionDigitsAreNoNumber() {
        #expect(FieldParser.double([UInt8](repeating: UInt8(ascii: "9"), count: 1_000_000)) == nil)
    }

    @Test(
        arguments: [
            ("0", 0), ("-7", -7), ("+7", 7), (" 42 ", 42), ("007", 7), ("9223372036854775807", Int.max),
            ("-9223372036854775808", Int.min), ("9223372036854775808", nil), ("-9223372036854775809", nil),
            ("1.0", nil),
            ("99999999999999999999999", nil),
        ] as [(String, Int?)])
    func integers(text: String, expected: Int?) {
        #expect(FieldParser.integer(Array(text.utf8)) == expected)
    }

    @Test(
        arguments: [
            ("true", true), ("FALSE", false), ("Yes", true), ("n", false), ("1", true), ("0", false), (" T ", true),
            ("", nil),
            ("2", nil), ("truee", nil), ("on", nil), ("\u{11}", nil), ("\u{14}rue", nil),
        ] as [(String, Bool?)])
    func bools(text: String, expected: Bool?) {
        #expect(FieldParser.bool(Array(text.utf8)) == expected)
    }
}
