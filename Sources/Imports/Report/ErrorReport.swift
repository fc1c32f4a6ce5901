import Domain
import Foundation
import ObjectStore

extension ImportStages {
    /// Issues of one stretch of a session's input, and where their records are found.
    struct ReportPart: Sendable {
        var issues: ReportIssues
        var records: OriginalRecords?
    }

    /// Writes a session's error report in input order, one line per issue, and beside it the first issues of each code.
    /// - Parameters:
    ///   - headers: the columns of each file's records; empty where no record is told of.
    ///   - parts: how many there are.
    ///   - part: each of them; a few are made at once.
    func writeReport(
        of session: ImportSession, files: [ImportFile], headers: [[String]], parts: Int,
        part: @Sendable @escaping (Int) async throws -> ReportPart
    ) async throws {
        let form = ReportForm(fileNames: files.map(\.fileName), headers: headers)
        let writer = try await store.writer(
            ObjectLayout.report(session: session.sessionID, date: session.openedOn))
        var digest = IssueDigest()
        do {
            try await inOrder(parts, atOnce: Self.reportPartsAtOnce) { position in
                ReportRendering(try await part(position), form, isFirst: position == 0)
            } use: { begun in
                var rendering = begun
                try await writer.append(rendering.bytes)
                while !rendering.isComplete {
                    rendering.makeMore()
                    try await writer.append(rendering.bytes)
                }
                digest.add(rendering.digest)
            }
        } catch {
            await writer.discard()
            throw error
        }
        try await put(digest.finished, of: session)
        try await writer.commit()
    }

    /// So that both cores of a small machine have work while a part's records are read.
    private static let reportPartsAtOnce = 4

    private func put(_ issues: SessionIssues, of session: ImportSession) async throws {
        let (id, date) = (session.sessionID, session.openedOn)
        let encoder = JSONEncoder.canonical
        try await store.put(ObjectLayout.issueTally(session: id, date: date), Array(encoder.encode(issues.tally)))
        try await store.put(ObjectLayout.issues(session: id, date: date), Array(encoder.encode(issues)))
        try await store.put(
            ObjectLayout.warnings(session: id, date: date), Array(encoder.encode(issues.firstWarnings)))
    }
}
