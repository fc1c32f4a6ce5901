package import Domain

/// How many issues a session's report has, of each code.
package struct IssueTally: Sendable, Codable, Equatable {
    /// One code's.
    package struct Code: Sendable, Codable, Equatable {
        package var code: String
        package var severity: IssueSeverity
        package var count: Int
    }

    package var errors: Int
    package var warnings: Int
    /// By code.
    package var codes: [Code]
}

/// The issues that the API tells: the first hundred of each code in input order.
package struct SessionIssues: Sendable, Codable, Equatable {
    /// An issue of a record or of a whole file.
    package struct Issue: Sendable, Codable, Equatable {
        package var severity: IssueSeverity
        package var code: String
        package var fileName: String
        /// Physical line on which the record begins, 1-based.
        package var line: Int
        package var column: String
        package var value: String
        package var message: String
    }

    package var tally: IssueTally
    package var issues: [Issue]

    /// The first hundred warnings whatever their code: none of them can lie beyond the first hundred of its own.
    var firstWarnings: [SessionReport.Warning] {
        issues.lazy.filter { $0.severity == .warning }.prefix(IssueDigest.kept).map(SessionReport.Warning.init)
    }
}

/// Gathers what the API tells of a report while it is written; grows with the number of codes, not of issues.
struct IssueDigest: Sendable {
    /// Issues of each code and severity.
    static let kept = 100

    /// A code may come as an error and as a warning.
    private struct Kind: Hashable, Sendable {
        var code: String
        var severity: IssueSeverity
    }

    private var counts: [Kind: Int] = [:]
    private var issues: [SessionIssues.Issue] = []

    mutating func add(_ issue: ImportIssue, fileName: String) {
        let kind = Kind(code: issue.code.rawValue, severity: issue.severity)
        let count = counts[kind, default: 0]
        counts[kind] = count + 1
        guard count < Self.kept else { return }
        issues.append(
            SessionIssues.Issue(
                severity: issue.severity, code: kind.code, fileName: fileName, line: issue.line, column: issue.column,
                value: issue.value, message: issue.message))
    }

    /// Adds what was gathered of the issues that follow.
    mutating func add(_ next: IssueDigest) {
        var kept = counts
        for issue in next.issues {
            let kind = Kind(code: issue.code, severity: issue.severity)
            let count = kept[kind, default: 0]
            kept[kind] = count + 1
            if count < Self.kept { issues.append(issue) }
        }
        counts.merge(next.counts, uniquingKeysWith: +)
    }

    var finished: SessionIssues {
        func sum(_ severity: IssueSeverity) -> Int {
            counts.filter { $0.key.severity == severity }.values.reduce(0, +)
        }
        let codes = counts.map { IssueTally.Code(code: $0.key.code, severity: $0.key.severity, count: $0.value) }
        return SessionIssues(
            tally: IssueTally(
                errors: sum(.error), warnings: sum(.warning),
                codes: codes.sorted { ($0.code, $0.severity.rawValue) < ($1.code, $1.severity.rawValue) }),
            issues: issues)
    }
}
