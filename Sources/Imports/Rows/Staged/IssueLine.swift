import Domain

/// What a line of a report says of an issue, where it lies; good for the length of a call. Every text is UTF-8.
struct IssueLine {
    let severity: IssueSeverity
    /// Position among `IssueCode.allCases`.
    let codeNumber: Int
    let fileIndex: Int
    /// As `ImportIssue` has it.
    let record: Int
    let line: Int
    // SAFETY: made and handed over by `StagedIssues.withPresent` alone, whose bytes these texts lie in.
    let column: UnsafeRawBufferPointer
    let value: UnsafeRawBufferPointer
    let message: UnsafeRawBufferPointer

    var code: IssueCode { IssueCode.allCases[codeNumber] }
}
