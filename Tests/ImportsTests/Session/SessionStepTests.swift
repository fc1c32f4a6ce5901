import Domain
import Testing

@testable import Imports

@Suite struct SessionStepTests {
    private static func session(_ status: ImportStatus, asked: Bool = false) -> ImportSession {
        var session = ImportSession(
            sessionID: "imp_1", userID: "u", schemaID: "shop", schemaVersion: "1", createdAt: "2026-11-24T00:00:00Z")
        session.status = status
        session.processRequested = asked
        return session
    }

    struct Row: Sendable, CustomStringConvertible {
        let from: ImportStatus
        var asked = false
        let process: Bool
        let step: SessionStep
        let to: ImportStatus
        var wish: Bool?
        var description: String { "\(from), \(process ? "process" : "validate")" }
    }

    /// Seen red with `.validated where process` left out.
    @Test(arguments: [
        Row(from: .uploading, process: false, step: .validate, to: .validating, wish: false),
        Row(from: .uploading, process: true, step: .validate, to: .processing, wish: true),
        Row(from: .validating, process: false, step: .unchanged, to: .validating, wish: false),
        Row(from: .validating, process: true, step: .unchangedButAsked, to: .validating, wish: true),
        Row(from: .validating, asked: true, process: true, step: .unchanged, to: .validating, wish: true),
        Row(from: .validated, process: false, step: .unchanged, to: .validated, wish: false),
        Row(from: .validated, process: true, step: .merge, to: .processing, wish: true),
        Row(from: .processing, asked: true, process: true, step: .unchanged, to: .processing, wish: true),
        Row(from: .processing, asked: true, process: false, step: .unchanged, to: .processing, wish: true),
        Row(from: .completed, asked: true, process: true, step: .unchanged, to: .completed, wish: true),
        Row(from: .completed, asked: true, process: false, step: .unchanged, to: .completed, wish: true),
    ])
    func `a wish moves a live session on and never twice`(row: Row) throws {
        var session = Self.session(row.from, asked: row.asked)
        let step = try SessionStep.start(&session, process: row.process)
        #expect(step == row.step)
        #expect(session.status == row.to)
        #expect(session.processRequested == row.wish)
        if step == .validate { #expect(session.stage == .schema) }
        if step == .merge { #expect(session.stage == .merge) }
    }

    @Test(arguments: [ImportStatus.failed, .cancelled, .rolledBack, .expired], [false, true])
    func `a session that ended starts nothing and stays as it is`(status: ImportStatus, process: Bool) {
        var session = Self.session(status)
        let before = session
        let error = #expect(throws: RequestError.self) { try SessionStep.start(&session, process: process) }
        #expect(error?.code == (status == .expired ? .sessionExpired : .sessionConflict))
        #expect(session == before)
    }

    @Test(arguments: ImportStatus.allCases) func `uploads come only while a session takes them`(status: ImportStatus) {
        let session = Self.session(status)
        if status == .uploading {
            #expect(throws: Never.self) { try SessionStep.demandUploading(session) }
        } else {
            let error = #expect(throws: RequestError.self) { try SessionStep.demandUploading(session) }
            #expect(error?.status == 409)
        }
    }

    @Test func `a sound session rests until the merge is asked for`() {
        var session = Self.session(.validating)
        #expect(SessionStep.validated(&session) == .unchanged)
        #expect(session.status == .validated)
        session = Self.session(.validating, asked: true)
        #expect(SessionStep.validated(&session) == .merge)
        #expect(session.status == .processing && session.stage == .merge)
    }

    /// Fails with the reason kept whole.
    @Test func `a failed session keeps the beginning of a long reason`() {
        var session = Self.session(.processing, asked: true)
        let reason = String(repeating: "x", count: 100_000)
        SessionStep.fail(&session, .importFailed, reason, at: "2026-11-24T01:00:00Z")
        #expect(session.errorMessage == String(repeating: "x", count: 2000))
    }

    @Test func `a failed session says why and when`() {
        var session = Self.session(.processing, asked: true)
        SessionStep.fail(&session, .importFailed, "the disk is full", at: "2026-11-24T01:00:00Z")
        #expect(session.status == .failed && session.isFinished)
        #expect(session.errorCode == "ERR_IMPORT_003" && session.errorMessage == "the disk is full")
        #expect(session.completedAt == "2026-11-24T01:00:00Z")
    }
}
