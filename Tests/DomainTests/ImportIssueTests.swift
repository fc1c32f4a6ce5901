import Domain
import Testing

/// What an issue keeps of texts that a file brings.
struct ImportIssueTests {
    private static func issue(_ text: String) -> ImportIssue {
        ImportIssue(.error, .pattern, fileIndex: 0, record: 0, line: 2, column: text, value: text, message: text)
    }

    /// Fails with the column or the message kept whole.
    @Test func `texts of any length are cut`() {
        let issue = Self.issue(String(repeating: "é", count: 5000))
        #expect(issue.column == String(repeating: "é", count: 200))
        #expect(issue.value == issue.column)
        #expect(issue.message == String(repeating: "é", count: 1000))
    }

    @Test(arguments: ["", "name", "Cafe\u{301}", String(repeating: "x", count: 200)])
    func `what is short stays as it is`(text: String) {
        let issue = Self.issue(text)
        #expect([issue.column, issue.value, issue.message].allSatisfy { $0.utf8.elementsEqual(text.utf8) })
    }

    /// Fails with characters counted: all of this is one.
    @Test func `a letter under a tower of accents is long too`() {
        let tower = "e" + String(repeating: "\u{301}", count: 5000)
        #expect(tower.count == 1)
        #expect(tower.cut(to: 200).unicodeScalars.count == 200)
        #expect(Self.issue(tower).value.utf8.count == 399)
    }
}
