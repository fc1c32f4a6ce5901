import Domain
import Foundation
import ObjectStore

extension ImportStages {
    /// Issues of one stretch of a session's input, in input order, and where their records are found.
    struct ReportPart {
        var issues: [ImportIssue]
        var records: OriginalRecords?
    }

    /// Writes a session's error report in input order, one line per issue, and beside it the first issues of each code.
    /// - Parameters:
    ///   - headers: the columns of each file's records; empty where no record is told of.
    ///   - parts: how many there are.
    ///   - part: each in turn.
    func writeReport(
        of session: ImportSession, files: [ImportFile], headers: [[String]], parts: Int,
        part: (Int) async throws -> ReportPart
    ) async throws {
        var report = ReportWriter(fileNames: files.map(\.fileName), headers: headers)
        let writer = try await store.writer(
            ObjectLayout.report(session: session.sessionID, date: session.openedOn))
        do {
            for position in 0..<parts {
                var part = try await part(position)
                for issue in part.issues {
                    // A line too long lies in no chunk, and looking for it would lead past the records that do.
                    report.write(issue) { $0.code == .tooLong ? nil : part.records?.record($0.record) }
                }
                try await writer.append(report.takeBytes())
            }
        } catch {
            await writer.discard()
            throw error
        }
        try await put(report.digest.finished, of: session)
        try await writer.commit()
    }

    private func put(_ issues: SessionIssues, of session: ImportSession) async throws {
        let (id, date) = (session.sessionID, session.openedOn)
        let encoder = JSONEncoder.canonical
        try await store.put(ObjectLayout.issueTally(session: id, date: date), Array(encoder.encode(issues.tally)))
        try await store.put(ObjectLayout.issues(session: id, date: date), Array(encoder.encode(issues)))
        try await store.put(
            ObjectLayout.warnings(session: id, date: date), Array(encoder.encode(issues.firstWarnings)))
    }
}
