import Domain
import Foundation
import ObjectStore
import Tabular

extension ImportStages {
    /// Warnings that the status route tells; the report has all.
    private static var warningsTold: Int { 100 }

    /// Writes a session's error report in input order, one line per issue, and beside it its first warnings.
    /// - Parameter issues: of chunk `0..<chunks` in turn, or of the whole files when `chunks` is 0.
    func writeReport(
        of session: ImportSession, files: [ImportFile], chunks: Int, issues: (Int) async throws -> [ImportIssue]
    ) async throws {
        var report = CSVWriter(guardsFormulas: true)
        report.row(["file", "line", "record", "column", "value", "severity", "code", "message"])
        var warnings: [SessionReport.Warning] = []
        var digest = IssueDigest()
        let writer = try await store.writer(
            ObjectLayout.report(session: session.sessionID, date: session.openedOn))
        do {
            for chunk in 0..<max(1, chunks) {
                for issue in try await issues(chunk) {
                    let fileName = files[issue.fileIndex].fileName
                    digest.add(issue, fileName: fileName)
                    if issue.severity == .warning, warnings.count < Self.warningsTold {
                        warnings.append(SessionReport.Warning(issue, fileName: fileName))
                    }
                    report.row([
                        fileName, String(issue.line),
                        issue.record < 0 ? "" : String(issue.record + 1), issue.column, issue.value,
                        issue.severity.rawValue, issue.code.rawValue, issue.message,
                    ])
                }
                try await writer.append(report.takeBytes())
            }
        } catch {
            await writer.discard()
            throw error
        }
        try await put(digest.finished, of: session)
        try await store.put(
            ObjectLayout.warnings(session: session.sessionID, date: session.openedOn),
            Array(try JSONEncoder.canonical.encode(warnings)))
        try await writer.commit()
    }
    private func put(_ issues: SessionIssues, of session: ImportSession) async throws {
        let (id, date) = (session.sessionID, session.openedOn)
        let encoder = JSONEncoder.canonical
        try await store.put(ObjectLayout.issueTally(session: id, date: date), Array(encoder.encode(issues.tally)))
        try await store.put(ObjectLayout.issues(session: id, date: date), Array(encoder.encode(issues)))
    }
}
