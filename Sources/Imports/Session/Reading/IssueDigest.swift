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

    /// How many of each of `IssueLine.kinds`.
    private var counts = [Int](repeating: 0, count: IssueLine.kinds.count)
    /// The first ones of each kind.
    private var issues: [(kind: Int, issue: SessionIssues.Issue)] = []

    mutating func add(_ line: IssueLine, fileName: String) {
        counts[line.kind] += 1
        guard counts[line.kind] <= Self.kept else { return }
        let issue = SessionIssues.Issue(
            severity: line.severity, code: line.code.rawValue, fileName: fileName, line: line.line,
            column: line.column.text, value: line.value.text, message: line.message.text)
        issues.append((line.kind, issue))
    }

    /// Adds what was gathered of the issues that follow.
    mutating func add(_ next: IssueDigest) {
        var kept = counts
        for (kind, issue) in next.issues {
            kept[kind] += 1
            if kept[kind] <= Self.kept { issues.append((kind, issue)) }
        }
        for kind in counts.indices { counts[kind] += next.counts[kind] }
    }

    var finished: SessionIssues {
        let codes = zip(IssueLine.kinds, counts).filter { $1 > 0 }.map { kind, count in
            IssueTally.Code(code: kind.code.rawValue, severity: kind.severity, count: count)
        }
        func sum(_ severity: IssueSeverity) -> Int {
            codes.filter { $0.severity == severity }.reduce(0) { $0 + $1.count }
        }
        return SessionIssues(
            tally: IssueTally(
                errors: sum(.error), warnings: sum(.warning),
                codes: codes.sorted { ($0.code, $0.severity.rawValue) < ($1.code, $1.severity.rawValue) }),
            issues: issues.map(\.issue))
    }
}
