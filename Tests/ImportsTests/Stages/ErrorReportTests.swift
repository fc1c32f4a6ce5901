import Domain
import Foundation
import Testing

@testable import Imports

@Suite(.timeLimit(.minutes(1)))
struct ErrorReportTests {
    private static func small(_ bytes: Int = 64) -> ImportLimits {
        var limits = ImportLimits()
        limits.chunkBytes = bytes
        return limits
    }

    /// Seen red with a chunk's issues not sorted by record.
    @Test(arguments: [32, 1 << 20]) func `issues stand in input order, whichever stage found them`(
        chunkBytes: Int
    ) async throws {
        try await StageHouse.with(TestSchema.shop(), limits: Self.small(chunkBytes)) { house in
            let report = try await house.run([
                .outlets(
                    "A,a,kiosk,T1,,1,2", "B,b,wholesale,T8,,1,2", "C,c,wholesale,T1,,0,0", "D,d,wholesale,T1,,1,2",
                    "D,e,wholesale,T9,,1,2"),
                .territories("T1"),
                .outlets(
                    ",f,wholesale,T1,,1,2", "G,g,wholesale,T1,D7,1,2", "H,h,wholesale,T1,,,", name: "outlets2.csv"),
            ])
            let issues = try await house.issues(report.progress.sessionId)
            #expect(
                issues.map(\.description) == [
                    "outlets.csv:2 channel=kiosk ROW_LOOKUP_UNKNOWN",
                    "outlets.csv:3 territory_id=T8 ROW_REFERENCE_UNKNOWN",
                    "outlets.csv:4 lat=0.0, 0.0 ROW_COORDINATE_ZERO",
                    "outlets.csv:5 outlet_id=D ROW_DUPLICATE_KEY",
                    "outlets.csv:6 territory_id=T9 ROW_REFERENCE_UNKNOWN",
                    "outlets2.csv:2 id= ROW_REQUIRED_MISSING",
                    "outlets2.csv:3 dt_code=D7 ROW_REFERENCE_UNKNOWN",
                    "outlets2.csv:4 lat= ROW_COORDINATE_MISSING",
                ])
            #expect(issues.map(\.record) == ["1", "2", "3", "4", "5", "1", "2", "3"])
            #expect(issues.map(\.severity) == [String](repeating: "ERROR", count: 7) + ["WARNING"])
            #expect(report.reportUrl?.contains("report.csv") == true)
            #expect(report.warnings.map(\.code) == ["ROW_COORDINATE_MISSING"])
            #expect(report.warnings.first?.fileName == "outlets2.csv" && report.warnings.first?.line == 4)
        }
    }

    /// Seen red with the hundred counted over all codes.
    @Test func `the API tells the first hundred of each code, and counts them all`() async throws {
        try await StageHouse.with(TestSchema.shop { $0.errorThreshold = nil }) { house in
            let lines = (0..<130).map { "O\($0),o,\($0 % 2 == 0 ? "kiosk" : "wholesale"),T1,,,\n" }.joined()
            let id = try await house.run([
                .territories("T1"),
                TestFile("outlets.csv", TestFile.outletHeader + "\n" + lines + "P,p,kiosk,T9,,1,2\n"),
            ]).progress.sessionId
            let told = try #require(try await house.imports.issues(ofSession: id, for: house.producer))
            #expect(
                told.tally
                    == IssueTally(
                        errors: 66, warnings: 130,
                        codes: [
                            IssueTally.Code(code: "ROW_COORDINATE_MISSING", severity: .warning, count: 130),
                            IssueTally.Code(code: "ROW_LOOKUP_UNKNOWN", severity: .error, count: 66),
                        ]))
            #expect(try await house.report(id).tally == told.tally)
            let warnings = told.issues.filter { $0.severity == .warning }
            #expect(warnings.map(\.line) == Array(2..<102))
            let errors = told.issues.filter { $0.severity == .error }
            #expect(errors.count == 66 && errors.last?.line == 132)
        }
    }

    @Test func `the status tells the first hundred warnings, and the report every one`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            let lines = (0..<120).map { "O\($0),o,wholesale,T1,,,\n" }.joined()
            let report = try await house.run([
                .territories("T1"), TestFile("outlets.csv", TestFile.outletHeader + "\n" + lines),
            ])
            #expect(report.progress.results.warningCount == 120)
            #expect(report.warnings.map(\.line) == Array(2..<102))
            #expect(try await house.issues(report.progress.sessionId).count == 120)
        }
    }

    /// Seen red with `firstLine` of a chunk left at 1.
    @Test(arguments: [24, 1 << 20]) func `a line end inside quotes counts as a line and not as a record`(
        chunkBytes: Int
    ) async throws {
        try await StageHouse.with(TestSchema.shop(), limits: Self.small(chunkBytes)) { house in
            let report = try await house.run([
                .territories("T1"),
                .outlets(
                    "A,\"two\nlines\",wholesale,T1,,1,2", "", "B,b,kiosk,T1,,1,2",
                    "C,\"a\r\n\"\"b\"\"\n\",wholesale,T1,,1,2",
                    "D,d,kiosk,T1,,1,2"),
            ])
            let issues = try await house.issues(report.progress.sessionId)
            #expect(issues.map(\.line) == [5, 9])
            #expect(issues.map(\.record) == ["2", "4"])
            #expect(try await house.cell(.outlets, "A", "outlet_name") == .text("two\nlines"))
            #expect(try await house.cell(.outlets, "C", "outlet_name") == .text("a\r\n\"b\"\n"))
        }
    }

    @Test func `a line that is too long is a refused record in its place`() async throws {
        let long = "L," + String(repeating: "x", count: 1_100_000) + ",wholesale,T1,,1,2"
        try await StageHouse.with(TestSchema.shop(), limits: Self.small()) { house in
            let report = try await house.run([
                .territories("T1"),
                .outlets("A,a,kiosk,T1,,1,2", long, "B,b,kiosk,T1,,1,2", "C,c,wholesale,T1,,1,2"),
            ])
            #expect(report.files[1].counts == RecordCounts(read: 4, inserted: 1, refused: 3))
            let issues = try await house.issues(report.progress.sessionId)
            #expect(issues.map(\.line) == [2, 3, 4])
            #expect(issues.map(\.record) == ["1", "2", "3"])
            #expect(issues.map(\.code) == [.lookupUnknown, .tooLong, .lookupUnknown])
        }
    }

    /// Seen red: the warning was written only when the file was refused for something else.
    @Test func `a column that stands twice in the header is told of, and the first one counts`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            let report = try await house.run([
                .territories("T1"),
                TestFile(
                    "outlets.csv", lines: TestFile.outletHeader + ",name", "A,first,wholesale,T1,,1,2,second",
                    "B,b,kiosk,T1,,1,2,b"),
            ])
            let issues = try await house.issues(report.progress.sessionId)
            #expect(
                issues.map(\.description) == [
                    "outlets.csv:1 name= ERR_IMPORT_002", "outlets.csv:3 channel=kiosk ROW_LOOKUP_UNKNOWN",
                ])
            #expect(issues.map(\.severity) == ["WARNING", "ERROR"] && issues.map(\.record) == ["", "2"])
            #expect(report.files[1].counts == RecordCounts(read: 2, inserted: 1, refused: 1, warnings: 1))
            #expect(try await house.cell(.outlets, "A", "outlet_name") == .text("first"))
        }
    }

    @Test func `a value that a spreadsheet would run is written as text, and commas and quotes survive`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            let report = try await house.run([
                .territories("T1"),
                .outlets("A,a,=1+1,T1,,1,2", "B,b,\"a,\"\"b\"\"\n\",T1,,1,2", "C,c,-5,T1,,1,2"),
            ])
            let values = try await house.issues(report.progress.sessionId).map(\.value)
            #expect(values == ["'=1+1", "a,\"b\"\n", "-5"])
        }
    }

    @Test func `a session without faults has a report of nothing but its header`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            let report = try await house.run([.territories("T1")])
            let bytes = try await house.reportBytes(report.progress.sessionId)
            #expect(
                String(decoding: bytes, as: UTF8.self)
                    == "file,line,record,column,value,severity,code,message,raw,id,name,parent\n")
        }
    }
}
