import Domain

/// A part of a report on its way into it: its first lines, which are made beside other parts, and what is left to be made when
/// those are written. Where a file has many columns, the lines about its records are many times as long as these.
struct ReportRendering: Sendable {
    /// The lines that were made last.
    private(set) var bytes: [UInt8] = []

    private var issues: ReportIssues
    private var records: OriginalRecords
    private var report: ReportWriter
    private let bytesAtOnce: Int

    /// Makes the first lines.
    /// - Parameters:
    ///   - isFirst: the part begins with the report's header.
    ///   - bytesAtOnce: no line is begun when there are so many bytes.
    init(_ part: ImportStages.ReportPart, _ form: ReportForm, isFirst: Bool, bytesAtOnce: Int = 8 << 20) {
        issues = part.issues
        records = part.records ?? .none
        report = ReportWriter(form, withHeader: isFirst)
        self.bytesAtOnce = max(1, bytesAtOnce)
        makeMore()
    }

    var isComplete: Bool { issues.isAtEnd }

    /// What the API tells of the lines so far.
    var digest: IssueDigest { report.digest }

    /// Makes the next lines, in place of those before them.
    mutating func makeMore() {
        while !issues.isAtEnd, report.byteCount < bytesAtOnce {
            issues.withPresent { report.write($0, &records) }
            issues.advance()
        }
        bytes = report.takeBytes()
    }
}
