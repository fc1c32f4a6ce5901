import Domain
import Foundation
import Testing

@testable import srto

/// What is said where a session has no error report.
@Suite struct MissingReportTests {
    private static func session(
        _ status: ImportStatus, _ stage: ImportStage, read: Int = 0, errorCode: ErrorCode? = nil, sameAs: String? = nil
    ) -> SessionDocument {
        SessionDocument(
            sessionId: "imp_1", schemaId: "s", status: status, stage: stage, stages: [], finished: status.isTerminal,
            results: ImportResults(counts: RecordCounts()),
            files: [
                SessionDocument.File(
                    fileName: "a.csv", read: read, inserted: 0, updated: 0, unchanged: 0, refused: 0, warnings: 0)
            ],
            errorCode: errorCode?.rawValue, sameAs: sameAs)
    }

    @Test func aReportIsRemovedNotYetMadeOrNeverMade() {
        let removed = [
            Self.session(.completed, .snapshots), Self.session(.rolledBack, .snapshots),
            Self.session(.failed, .merge), Self.session(.cancelled, .resolve, read: 7),
            Self.session(.expired, .resolve, read: 7),
            Self.session(.failed, .schema, errorCode: .invalidFileFormat),
        ]
        for session in removed { #expect(MissingReport(of: session) == .removed, "\(session)") }
        let never = [
            Self.session(.expired, .upload, errorCode: .sessionExpired), Self.session(.cancelled, .validate),
            Self.session(.failed, .resolve, errorCode: .importFailed),
        ]
        for session in never { #expect(MissingReport(of: session) == .neverMade, "\(session)") }
        for session in [Self.session(.uploading, .upload), Self.session(.processing, .validate)] {
            #expect(MissingReport(of: session) == .notYet, "\(session)")
        }
        let same = Self.session(.completed, .snapshots, sameAs: "imp_0")
        #expect(MissingReport(of: same) == .nothingDone(sameAs: "imp_0"))
    }

    @Test func whoAsksForItIsToldWhyAndWhatToDoAndGetsNoFile() async throws {
        let cases = [
            (Self.session(.completed, .snapshots), "was removed", "srto import --dry-run"),
            (Self.session(.completed, .snapshots, sameAs: "imp_0"), "imported by imp_0", "srto session imp_0 --report"),
            (Self.session(.cancelled, .validate), "CANCELLED before", "import the files again"),
            (Self.session(.validating, .validate), "yet, it is VALIDATING", "as soon as"),
        ]
        try await withFolder { folder in
            let path = folder.appending(path: "report.csv").path
            let address = try ServerAddress("http://127.0.0.1:1")
            try await ServerAPI.with(address, token: "t", patience: .zero) { api in
                for (session, why, advice) in cases {
                    let error = await #expect(throws: ClientError.self) {
                        try await SessionCommand.save(session, to: path, api, Console())
                    }
                    #expect(error?.code == .noReport)
                    #expect(error?.message.contains(why) == true, "\(String(describing: error))")
                    #expect(error?.advice.contains(advice) == true, "\(String(describing: error))")
                }
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
        }
    }
}
