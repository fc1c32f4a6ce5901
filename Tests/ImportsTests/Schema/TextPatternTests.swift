import TestSupport
import Testing

@testable import Imports

@Suite struct TextPatternTests {
    @Test(arguments: [
        ("abc", ["abc"], ["ab", "abcd", "", "ABC"]), ("a|bc|", ["a", "bc", ""], ["b", "abc"]),
        ("[A-Z]{2}\\d+", ["AB1", "ZZ99"], ["A1", "AB", "ab1"]),
        ("(?:ab)*c?", ["", "ab", "ababc", "c"], ["a", "abca"]),
        ("[^0-9]+", ["abc", "é"], ["a1", ""]),
        ("\\w+@\\w+\\.\\w{2,3}", ["a@b.de", "x_1@y.com"], ["a@b.d", "a@b.deee", "a b@c.de"]),
        ("a.c", ["abc", "a.c", "aéc"], ["ac", "a\nc"]), ("^\\s?x$", ["x", " x"], ["  x"]), ("a{0}b", ["b"], ["ab"]),
        ("a{2,}", ["aa", "aaaa"], ["a"]), ("[]a-]+", ["]a-"], ["b"]), ("[\\d\\-x]+", ["1-x"], ["y"]),
        ("\\(\\+49\\)", ["(+49)"], ["+49"]), ("(a|b)+c{1,2}", ["abac", "bcc"], ["c", "abccc"]),
    ])
    func `a pattern takes whole texts`(pattern: String, fitting: [String], others: [String]) throws {
        let compiled = try TextPattern(pattern)
        for text in fitting { #expect(compiled.matches(text), "\(pattern) on \(text)") }
        for text in others { #expect(!compiled.matches(text), "\(pattern) on \(text)") }
    }

    @Test(arguments: [
        "(", ")", "a)", "[a", "*a", "a{", "a{2", "a{3,2}", "a{1001}", "\\", "\\k", "(?=a)", "a^b", "a$b", "[z-a]",
        "((a{1000}){1000})", String(repeating: "(", count: 60) + String(repeating: ")", count: 60),
        String(repeating: "a", count: 1_001),
    ])
    func `what is no pattern says so`(pattern: String) {
        #expect(throws: PatternFault.self) { try TextPattern(pattern) }
    }

    /// Each of these keeps a backtracking matcher busy for longer than anybody waits.
    @Test(.timeLimit(.minutes(1)), arguments: ["(a*)*b", "(a|a)*b", "(a+)+b", "((a*)*)*b", "(a?){500}a{500}b"])
    func `no pattern takes for ever`(pattern: String) throws {
        let compiled = try TextPattern(pattern)
        #expect(!compiled.matches(String(repeating: "a", count: 4_000)))
        #expect(!compiled.matches(String(repeating: "a", count: 100_000)))
    }

    @Test(.timeLimit(.minutes(1))) func `nothing repeated is nothing`() throws {
        var pattern = "()"
        for _ in 0..<40 { pattern = "(\(pattern)){1000}" }
        #expect(try TextPattern(pattern).matches(""))
    }

    /// Patterns at random agree with Swift's own, on texts that are short enough for it: it tries every way of sharing a
    /// text out, and groups in groups have many. Seen red with `?` taken for `*`.
    @Test func `patterns mean what they mean elsewhere`() throws {
        var random = SeededGenerator.printed("patterns")
        func piece(_ depth: Int) -> String {
            let atoms = ["a", "b", "[ab]", "[^a]", ".", "\\d", "1"]
            var text = ""
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let inner = depth > 0 && Int.random(in: 0..<3, using: &random) == 0 ? "(?:\(piece(depth - 1)))" : nil
                text += inner ?? atoms.randomElement(using: &random) ?? "a"
                text += ["", "", "*", "+", "?", "{2}", "{0,2}"].randomElement(using: &random) ?? ""
            }
            return Int.random(in: 0..<4, using: &random) == 0 ? "(?:\(text)|\(atoms[0]))" : text
        }
        for round in 0..<400 {
            let depth = round % 3
            let longest = [6, 4, 2][depth]
            let pattern = piece(depth)
            let ours = try TextPattern(pattern)
            let theirs = try Regex(pattern)
            for _ in 0..<20 {
                let text = (0..<Int.random(in: 0...longest, using: &random)).map { _ in
                    ["a", "b", "1"].randomElement(using: &random) ?? "a"
                }.joined()
                #expect(ours.matches(text) == (try theirs.wholeMatch(in: text) != nil), "\(pattern) on \(text)")
            }
        }
    }
}
