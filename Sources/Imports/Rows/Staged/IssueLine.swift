import Domain

/// What a line of a report says of an issue, where it lies; good for the length of a call. Every text is UTF-8.
struct IssueLine {
    let severity: IssueSeverity
    /// Position among `codes`.
    let codeNumber: Int
    let fileIndex: Int
    /// As `ImportIssue` has it.
    let record: Int
    let line: Int
    // SAFETY: made and handed over by `StagedIssues.withPresent` alone, whose bytes these texts lie in.
    let column: UnsafeRawBufferPointer
    let value: UnsafeRawBufferPointer
    let message: UnsafeRawBufferPointer

    /// Kept, as the list is made anew each time that it is asked for.
    static let codes = IssueCode.allCases
    /// Each code as an error and as a warning, as it may come as both.
    static let kinds = codes.flatMap { code in [IssueSeverity.error, .warning].map { (code: code, severity: $0) } }

    var code: IssueCode { Self.codes[codeNumber] }
    /// Position among `kinds`.
    var kind: Int { 2 * codeNumber + (severity == .error ? 0 : 1) }
}
