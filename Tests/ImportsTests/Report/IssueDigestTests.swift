import Domain
import TestSupport
import Testing

@testable import Imports

struct IssueDigestTests {
    /// Seen red with a part's own hundred kept beside those before it.
    @Test func `what was gathered in parts is what was gathered in one go`() {
        var random = SeededGenerator.printed("issue digest")
        var whole = IssueDigest()
        var parts = IssueDigest()
        for part in 0..<6 {
            var digest = IssueDigest()
            for number in 0..<Int.random(in: 0...90, using: &random) {
                let issue = ImportIssue(
                    Bool.random(using: &random) ? .error : .warning,
                    [.duplicateKey, .tooLong, .notUnique].randomElement(using: &random) ?? .tooLong, fileIndex: 0,
                    record: part * 100 + number, line: number, column: "c", value: "v", message: "m")
                StagedIssues([issue]).withPresent { line in
                    whole.add(line, fileName: "f")
                    digest.add(line, fileName: "f")
                }
            }
            parts.add(digest)
        }
        for number in 0..<250 {
            let issue = ImportIssue(
                .error, .hierarchy, fileIndex: 0, record: number, line: number, column: "c", value: "v", message: "m")
            var digest = IssueDigest()
            StagedIssues([issue]).withPresent { line in
                whole.add(line, fileName: "f")
                digest.add(line, fileName: "f")
            }
            parts.add(digest)
        }
        #expect(parts.finished == whole.finished)
        #expect(parts.finished.issues.count { $0.code == IssueCode.hierarchy.rawValue } == 100)
    }
}
