import Domain

/// An import's result as a person reads it.
struct SessionSummary: Sendable {
    private let session: SessionDocument

    init(_ session: SessionDocument) {
        self.session = session
    }

    /// A heading, a table of the files with their totals.
    func lines(_ style: TerminalStyle) -> [String] {
        let results = session.results
        // Few imports delete or add up.
        let columns = Self.columns.filter { $0.isUsual || $0.ofSession(results) > 0 }
        var table = TextTable(
            [.init("file"), .init("entity")] + columns.map { .init($0.name, .right) })
        for file in session.files {
            table.add([file.fileName, file.entity ?? ""] + columns.map { $0.ofFile(file).grouped })
        }
        table.addTotal(
            ["\(session.files.count) file\(session.files.count == 1 ? "" : "s")", ""]
                + columns.map { $0.ofSession(results).grouped })
        return [heading(style)] + table.lines(style) + (session.summary.map { [Self.words($0)] } ?? [])
    }

    /// What is told of each file and of the session.
    private struct Column: Sendable {
        let name: String
        var isUsual = true
        let ofFile: @Sendable (SessionDocument.File) -> Int
        let ofSession: @Sendable (ImportResults) -> Int
    }

    private static let columns = [
        Column(name: "read", ofFile: \.read, ofSession: \.totalRecords),
        Column(name: "inserted", ofFile: \.inserted, ofSession: \.inserted),
        Column(name: "updated", ofFile: \.updated, ofSession: \.updated),
        Column(name: "unchanged", ofFile: \.unchanged, ofSession: \.unchanged),
        Column(name: "deleted", ofFile: { $0.deleted ?? 0 }, ofSession: { $0.deleted ?? 0 }),
        Column(name: "combined", isUsual: false, ofFile: { $0.combined ?? 0 }, ofSession: { $0.combined ?? 0 }),
        Column(name: "refused", ofFile: \.refused, ofSession: \.refused),
        Column(name: "warnings", ofFile: \.warnings, ofSession: \.warningCount),
    ]

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
