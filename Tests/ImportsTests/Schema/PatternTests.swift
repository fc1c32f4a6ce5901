import Domain
import TestSupport
import Testing

@testable import Imports

@Suite struct GlobPatternTests {
    @Test(arguments: [
        ("outlets.csv", "outlets.csv", true), ("outlets.csv", "Outlets.csv", false), ("*.csv", ".csv", true),
        ("*.csv", "a.csv.gz", false), ("a*b*c", "axxbxxc", true), ("a*b*c", "acb", false), ("?.csv", "é.csv", true),
        ("?.csv", ".csv", false), ("*", "", true), ("", "", true), ("", "a", false), ("**", "anything", true),
        ("dt_[0-9].csv", "dt_1.csv", false), ("dt_[0-9].csv", "dt_[0-9].csv", true), ("a.c", "abc", false),
        ("7-eleven__*.csv", "7-eleven__7-11_locations.csv", true),
    ])
    func `a pattern takes the whole name and nothing less`(pattern: String, name: String, fits: Bool) {
        #expect(GlobPattern(pattern).matches(name) == fits)
    }

    /// Seen red with `skipStars` left out after a character.
    @Test func `any pattern agrees with the textbook's recursion`() {
        var random = SeededGenerator.printed("globs")
        for _ in 0..<3_000 {
            let pattern = random.soup(of: ["a", "b", "*", "?"], count: 0...7)
            let name = random.soup(of: ["a", "b"], count: 0...7)
            #expect(
                GlobPattern(pattern).matches(name) == Self.fits(pattern[...], name[...]), "\(pattern) on \(name)")
        }
    }

    @Test(.timeLimit(.minutes(1))) func `many stars cost no more than pattern times name`() {
        let pattern = GlobPattern(String(repeating: "*a", count: 60) + "b")
        #expect(!pattern.matches(String(repeating: "a", count: 200)))
    }

    private static func fits(_ pattern: Substring, _ name: Substring) -> Bool {
        guard let first = pattern.first else { return name.isEmpty }
        if first == "*" { return fits(pattern.dropFirst(), name) || (!name.isEmpty && fits(pattern, name.dropFirst())) }
        guard let character = name.first, first == "?" || first == character else { return false }
        return fits(pattern.dropFirst(), name.dropFirst())
    }
}

extension DatePattern {
    /// The ISO 8601 date of a text; nil when it is none in this format.
    fileprivate func isoDate(_ text: String) -> String? {
        var bytes = RowBytes()
        return Array(text.utf8).withUnsafeBytes { writeISODate(of: $0, to: &bytes) } ? bytes.all.text : nil
    }
}

extension LookupTable {
    /// The value for a key.
    fileprivate func value(_ key: String) -> String? { Array(key.utf8).withUnsafeBytes { value($0)?.text } }
}

@Suite struct DatePatternTests {
    @Test(arguments: [
        ("MM/dd/yyyy", "11/24/2026", "2026-11-24"), ("yyyyMMdd", "20261124", "2026-11-24"),
        ("dd.MM.yyyy", "24.11.2026", "2026-11-24"), ("yyyy-MM-dd", "0987-01-02", "0987-01-02"),
        ("yyyy-MM-dd", "2024-02-29", "2024-02-29"), ("yyyy-MM-dd", "2000-02-29", "2000-02-29"),
        ("dd/MM yyyy", "01/02 2026", "2026-02-01"),
    ])
    func `a date that exists is written as ISO 8601`(format: String, text: String, iso: String) throws {
        #expect(try #require(DatePattern(format)).isoDate(text) == iso)
    }

    /// Seen red with the leap-year rule left at "every fourth year".
    @Test(arguments: [
        "2026-02-29", "1900-02-29", "2026-04-31", "2026-13-01", "2026-00-10", "2026-01-00", "2026-1-1", "2026-01-011",
        "2026/01/01", " 2026-01-01", "２026-01-0", "yyyy-MM-dd", "",
    ])
    func `what is no date is none`(text: String) throws {
        #expect(try #require(DatePattern("yyyy-MM-dd")).isoDate(text) == nil)
    }

    @Test(arguments: ["", "yyyy-MM", "yy-MM-dd", "yyyy-MM-dd dd", "ydyy-MM-dy", "yyyy-mm-dd", "HH:mm", "yyyyy-MM-dd"])
    func `a format needs year, month and day once each`(format: String) {
        #expect(DatePattern(format) == nil)
    }
}

@Suite struct LookupTableTests {
    private let table = LookupTable(
        LookupSource(entries: ["Texas": "TX", " california\t": "CA", "STRASSE": "S", "İzmir": "IZ", "": "none"]))

    /// Seen red with `fold` no longer trimming.
    @Test(arguments: [
        ("texas", "TX"), ("  TEXAS ", "TX"), ("California", "CA"), ("Straße", "S"), ("\u{A0}Texas\u{A0}", "TX"),
        ("", "none"), ("  ", "none"), ("\r\ntexas\u{B}", "TX"), ("I\u{307}zmir", "IZ"), ("izmir", nil),
    ])
    func `spellings meet after trimming and folding`(key: String, value: String?) {
        #expect(table.value(key) == value)
    }

    @Test(arguments: ["Tex as", "TX", "Oregon"])
    func `a key it does not have is unknown`(key: String) {
        #expect(table.value(key) == nil)
    }

    /// Seen red with the sort left out: the first one of a dictionary changes with every run.
    @Test func `of keys that fold alike the value that sorts first counts, on every run`() {
        for _ in 0..<40 {
            let table = LookupTable(LookupSource(entries: ["a": "3", "A": "1", " a": "2", "A ": "4"]))
            #expect(table.value("a") == "1")
        }
    }
}
