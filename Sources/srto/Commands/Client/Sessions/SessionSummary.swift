import Domain

/// An import's result as a person reads it.
struct SessionSummary: Sendable {
    private let session: SessionDocument

    init(_ session: SessionDocument) {
        self.session = session
    }

    /// A heading, a table of the files with their totals.
    func lines(_ style: TerminalStyle) -> [String] {
        var table = TextTable([
            .init("file"), .init("entity"), .init("read", .right), .init("inserted", .right), .init("updated", .right),
            .init("unchanged", .right), .init("deleted", .right), .init("refused", .right), .init("warnings", .right),
        ])
        for file in session.files {
            table.add(
                [file.fileName, file.entity ?? ""]
                    + [
                        file.read, file.inserted, file.updated, file.unchanged, file.deleted ?? 0, file.refused,
                        file.warnings,
                    ].map(
                        \.grouped))
        }
        let results = session.results
        table.addTotal(
            ["\(session.files.count) file\(session.files.count == 1 ? "" : "s")", ""]
                + [
                    results.totalRecords, results.inserted, results.updated, results.unchanged, results.deleted ?? 0,
                    results.refused,
                    results.warningCount,
                ].map(\.grouped))
        return [heading(style)] + table.lines(style) + (session.summary.map { [Self.words($0)] } ?? [])
    }

    private static func words(_ summary: SessionDocument.Summary) -> String {
        "summary: \(summary.totalRecords.grouped) records, \(summary.validRecords.grouped) valid, "
            + "\(summary.errors.grouped) errors, \(summary.warnings.grouped) warnings"
    }

    private func heading(_ style: TerminalStyle) -> String {
        let colour: TerminalStyle.Colour =
            switch session.status {
            case .completed, .validated: .green
            case .failed, .cancelled, .expired, .rolledBack: .red
            case .uploading, .validating, .processing: .yellow
            }
        let status = style.painted(session.status.rawValue, colour)
        let version =
            session.sameAs.map { ", nothing was done: the same files as \($0.printable)" }
            ?? (session.status == .validated ? ", nothing was merged" : nil)
            ?? session.catalogVersion.map { ", catalog version \($0)" } ?? ""
        let schema = session.schemaVersion.map { "\(session.schemaId) \($0)" } ?? session.schemaId
        return "import \(session.sessionId.printable) (\(schema.printable)): \(status)\(version)"
    }

    /// Why the session ended otherwise than wanted; nil when it did not.
    static func failure(of session: SessionDocument) -> ClientError? {
        guard session.standing.isFailure else { return nil }
        let code = session.errorCode.map { " [\($0)]" } ?? ""
        let why = session.errorMessage.map { ": \($0)" } ?? ""
        return ClientError(
            .importFailed, "import \(session.sessionId) is \(session.status.rawValue)\(why)\(code)",
            advice: session.reportUrl == nil
                ? "" : "'srto session \(session.sessionId) --report FILE' saves the error report")
    }
}
