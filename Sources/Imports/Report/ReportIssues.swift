import Domain

/// The issues of one stretch of a session's input, in input order, out of where each kind is kept.
struct ReportIssues: Sendable {
    /// Before the records, of them, and of them beside others: each in its order.
    private var runs: [StagedIssues]

    /// - Parameters:
    ///   - before: issues of what lies before the stretch's records.
    ///   - own: of its records, in their order.
    ///   - across: of its records beside others, in their order: each stands after a record's own.
    init(before: [ImportIssue], own: StagedIssues = StagedIssues([]), across: [ImportIssue] = []) {
        runs = [StagedIssues(before), own, StagedIssues(across)]
    }

    /// Whether any is about a record of the stretch.
    var areAboutRecords: Bool { runs[1...].contains { !$0.isAtEnd } }

    /// Whether there is no present one any more.
    var isAtEnd: Bool { runs.allSatisfy(\.isAtEnd) }

    /// Hands over the present one.
    func withPresent<Value>(_ body: (IssueLine) -> Value) -> Value { runs[next].withPresent(body) }

    /// Goes on to the next one.
    mutating func advance() { runs[next].advance() }

    private var next: Int {
        if !runs[0].isAtEnd { return 0 }
        if runs[2].isAtEnd { return 1 }
        return runs[1].isAtEnd || runs[2].record < runs[1].record ? 2 : 1
    }
}
