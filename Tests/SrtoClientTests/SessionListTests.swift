import Foundation
import Testing

@testable import srto

/// How sessions and their issues read.
@Suite struct SessionListTests {
    private static func sessions(_ json: String) throws -> [JSONValue] {
        try #require(JSONValue(json: Data(json.utf8)).list("sessions"))
    }

    @Test func aStuckSessionSaysWhatItWaitsForAndWhatToDo() throws {
        let sessions = try Self.sessions(
            #"[{"sessionId":"imp_1","userId":"ann","schemaId":"s","schemaVersion":"1","status":"PROCESSING","#
                + #""stage":"merge","progress":66,"finished":false,"ageSeconds":7200.4,"unchangedSeconds":610.0,"#
                + #""waiting":{"reason":"the queue import.merge was paused","advice":"'srto resume import.merge'"}}]"#)
        let style = TerminalStyle(environment: ["LANG": "C"], isTerminal: false, deviceWidth: 200)
        let table = SessionsCommand.table(sessions).lines(style)
        #expect(table.last == "imp_1    ann   s 1     PROCESSING  merge  2 h 0 min  10 min 10 s      66 %")
        #expect(
            SessionsCommand.wait(try #require(sessions.first)) == [
                "", "imp_1: the queue import.merge was paused", "  'srto resume import.merge'",
            ])
    }

    @Test func whatEndedHasNoStageAndWaitsForNothing() throws {
        let sessions = try Self.sessions(
            #"[{"sessionId":"imp_2","userId":"bob","schemaId":"s","schemaVersion":"1","status":"COMPLETED","#
                + #""stage":"snapshots","progress":100,"finished":true,"ageSeconds":3,"unchangedSeconds":1}]"#)
        let style = TerminalStyle(environment: ["LANG": "C"], isTerminal: false, deviceWidth: 200)
        #expect(SessionsCommand.table(sessions).lines(style).last?.contains("snapshots") == false)
        #expect(SessionsCommand.wait(try #require(sessions.first)).isEmpty)
    }

    @Test func issuesStandUnderTheirCodeAndCannotCommandTheTerminal() {
        func issue(_ line: Int, _ value: String) -> SessionIssuesDocument.Issue {
            .init(
                severity: "ERROR", code: "ROW_X", fileName: "a.csv", line: line, column: "id", value: value,
                message: "is wrong")
        }
        let document = SessionIssuesDocument(
            issueCounts: [.init(code: "ROW_X", severity: "ERROR", count: 120)],
            issues: [issue(2, "\u{1B}[2J"), issue(3, ""), issue(4, "z")])
        let style = TerminalStyle(environment: ["LANG": "C"], isTerminal: false, deviceWidth: 80)
        #expect(
            IssueLines(document).lines(most: 2, style) == [
                "", "ROW_X ERROR: 120, the first 2 of them", "  a.csv:2 id ' [2J': is wrong", "  a.csv:3 id: is wrong",
            ])
    }
}
