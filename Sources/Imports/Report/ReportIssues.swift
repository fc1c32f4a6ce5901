import Domain

/// The issues of one stretch of a session's input, in input order, out of where each kind is kept.
struct ReportIssues: Sendable {
    private var before: StagedIssues
    private var own: StagedIssues
    private var across: StagedIssues

    /// - Parameters:
    ///   - before: issues of what lies before the stretch's records.
    ///   - own: of its records, in their order.
    ///   - across: of its records beside others, in their order: each stands after a record's own.
    init(before: [ImportIssue], own: StagedIssues = StagedIssues([]), across: [ImportIssue] = []) {
        self.before = StagedIssues(before)
        self.own = own
        self.across = StagedIssues(across)
    }

    /// Whether any is about a record of the stretch.
    var areAboutRecords: Bool { !own.isAtEnd || !across.isAtEnd }

    /// Whether there is no present one any more.
    var isAtEnd: Bool { before.isAtEnd && own.isAtEnd && across.isAtEnd }

    /// Hands over the present one.
    func withPresent<Value>(_ body: (IssueLine) -> Value) -> Value { self[keyPath: next].withPresent(body) }

    /// Goes on to the next one.
    mutating func advance() { self[keyPath: next].advance() }

    private var next: WritableKeyPath<Self, StagedIssues> {
        if !before.isAtEnd { return \.before }
        if across.isAtEnd { return \.own }
        return own.isAtEnd || across.record < own.record ? \.across : \.own
    }
}
