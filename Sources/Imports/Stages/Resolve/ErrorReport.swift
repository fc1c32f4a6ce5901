import Domain
import Foundation
import ObjectStore
import Tabular

extension ImportStages {
    /// Writes a session's error report in input order: one line per issue.
    /// - Parameter issues: of chunk `0..<chunks` in turn, or of the whole files when `chunks` is 0.
    func writeReport(
        of session: ImportSession, files: [ImportFile], chunks: Int, issues: (Int) async throws -> [ImportIssue]
    ) async throws {
        var report = CSVWriter(guardsFormulas: true)
        report.row(["file", "line", "record", "column", "value", "severity", "code", "message"])
        let writer = try await store.writer(
            ObjectLayout.report(session: session.sessionID, date: session.openedOn))
        do {
            for chunk in 0..<max(1, chunks) {
                for issue in try await issues(chunk) {
                    report.row([
                        files[issue.fileIndex].fileName, String(issue.line),
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
        try await writer.commit()
    }
}
