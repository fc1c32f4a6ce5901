/// The issues of a session's records as a person reads them: under each code its first ones.
struct IssueLines: Sendable {
    private let document: SessionIssuesDocument

    init(_ document: SessionIssuesDocument) {
        self.document = document
    }

    /// - Parameter most: issues shown of each code.
    func lines(most: Int, _ style: TerminalStyle) -> [String] {
        document.issueCounts.flatMap { code -> [String] in
            let shown = document.issues.filter { $0.code == code.code && $0.severity == code.severity }.prefix(most)
            let colour: TerminalStyle.Colour = code.severity == "ERROR" ? .red : .yellow
            let more = code.count > shown.count ? ", the first \(shown.count.grouped) of them" : ""
            let heading = "\(code.code.printable) \(code.severity.printable): \(code.count.grouped)\(more)"
            return ["", style.painted(heading, colour)]
                + shown.map { issue in
                    let column = issue.column.isEmpty ? "" : " \(issue.column)"
                    let value = issue.value.isEmpty ? "" : " '\(issue.value)'"
                    return "  \(issue.fileName):\(issue.line)\(column)\(value): \(issue.message)".printable
                }
        }
    }
}
