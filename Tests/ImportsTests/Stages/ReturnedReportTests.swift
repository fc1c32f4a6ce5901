import Domain
import Foundation
import Tabular
import Testing

@testable import Imports

/// An error report that is corrected and imported again as it is.
@Suite(.timeLimit(.minutes(1)))
struct ReturnedReportTests {
    /// The report of a session, its cells changed: by line of the report, then by column.
    private static func corrected(
        _ house: StageHouse, _ id: String, as name: String, _ changes: [Int: [String: String]] = [:]
    ) async throws -> TestFile {
        var reader = CSVReader(try await house.reportBytes(id))
        var writer = CSVWriter()
        var header: [String] = []
        var line = 0
        while reader.next() {
            var cells = (0..<reader.fieldCount).map { reader.fieldString($0) }
            if line == 0 { header = cells }
            for (column, value) in changes[line] ?? [:] { cells[try #require(header.lastIndex(of: column))] = value }
            writer.row(cells)
            line += 1
        }
        return TestFile(name, bytes: writer.takeBytes())
    }

    @Test(arguments: [40, 1 << 20]) func `refused records are corrected in the report and taken`(
        chunkBytes: Int
    ) async throws {
        var limits = ImportLimits()
        limits.chunkBytes = chunkBytes
        try await StageHouse.with(TestSchema.shop(), limits: limits) { house in
            let first = try await house.run([
                .territories("T1"),
                .outlets(
                    "A,\"Joe's \"\"Inn\"\", \nback\",kiosk,T1,,1,2", "B,b,wholesale,T1,,1,2", "C,c,kiosk,T9,,0,0",
                    "D,=1+1,kiosk,T1,,1,2", "E,'=x,kiosk,T1,,1,2"),
            ]).progress
            let issues = try await house.issues(first.sessionId)
            #expect(issues.map(\.record) == ["1", "3", "3", "4", "5"])
            let report = try await Self.corrected(
                house, first.sessionId, as: "outlets_again.csv",
                [
                    1: ["channel": "wholesale"],
                    2: ["channel": "wholesale", "territory": "T1", "lat": "3", "lon": "4"],
                    4: ["channel": "wholesale"], 5: ["channel": "wholesale"],
                ])
            let second = try await house.run([report])
            #expect(second.files[0].counts == RecordCounts(read: 4, inserted: 4))
            #expect(try await house.cell(.outlets, "A", "outlet_name") == .text("Joe's \"Inn\", \nback"))
            #expect(try await house.cell(.outlets, "C", "latitude") == .real(3))
            // What a spreadsheet would run comes back as it was, and so does what only looked like its guard.
            #expect(try await house.cell(.outlets, "D", "outlet_name") == .text("=1+1"))
            #expect(try await house.cell(.outlets, "E", "outlet_name") == .text("'=x"))
        }
    }

    /// A column of the file that is called as one of the report's own is still the file's.
    @Test func `columns of the same name do not meet`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            let first = try await house.run([
                .territories("T1"), .distributors("D1", in: "T9"),
            ])
            let report = try await Self.corrected(
                house, first.progress.sessionId, as: "distributors.csv", [1: ["territory": "T1"]])
            #expect(
                String(decoding: report.bytes, as: UTF8.self).hasPrefix(
                    "file,line,record,column,value,severity,code,message,raw,"))
            let second = try await house.run([report])
            #expect(second.files[0].counts == RecordCounts(read: 1, inserted: 1))
            #expect(try await house.cell(.distributors, "D1", "territory_id") == .text("T1"))
        }
    }

    @Test func `what is not corrected is refused again, for the same reason`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            let first = try await house.run([
                .territories("T1"), .outlets("A,a,kiosk,T1,,1,2", "B,b,wholesale,T8,,1,2"),
            ])
            let report = try await Self.corrected(house, first.progress.sessionId, as: "outlets.csv")
            let second = try await house.run([report])
            #expect(second.files[0].counts == RecordCounts(read: 2, refused: 2))
            let again = try await house.issues(second.progress.sessionId)
            #expect(again.map(\.code) == [.lookupUnknown, .referenceUnknown])
            // And its report can be corrected in its turn.
            let third = try await house.run([
                try await Self.corrected(
                    house, second.progress.sessionId, as: "outlets.csv",
                    [1: ["channel": "wholesale"], 2: ["territory": "T1"]])
            ])
            #expect(third.files[0].counts == RecordCounts(read: 2, inserted: 2))
        }
    }

    /// Seen red with the loser taken: it wrote over the record that had won.
    @Test func `a record that lost its key is taken only under another key`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            let first = try await house.run([
                .territories("T1"),
                .outlets("A,old,wholesale,T1,,1,2", "A,older,wholesale,T1,,1,2", "A,new,wholesale,T1,,1,2"),
            ])
            let report = try await Self.corrected(
                house, first.progress.sessionId, as: "outlets.csv", [2: ["id": "A2"]])
            let second = try await house.run([report])
            #expect(second.files[0].counts == RecordCounts(read: 2, inserted: 1, refused: 1))
            #expect(try await house.cell(.outlets, "A", "outlet_name") == .text("new"))
            #expect(try await house.cell(.outlets, "A2", "outlet_name") == .text("older"))
        }
    }

    @Test func `a record whose fields fit no header stands there raw, and is refused until it is put right`()
        async throws
    {
        try await StageHouse.with(TestSchema.shop()) { house in
            let first = try await house.run([.territories("T1"), .outlets("A,a,wholesale,T1", "B,b,kiosk,T1,,1,2")])
            let bytes = try await house.reportBytes(first.progress.sessionId)
            #expect(String(decoding: bytes, as: UTF8.self).contains("\"A,a,wholesale,T1\""))
            let same = try await house.run([
                try await Self.corrected(
                    house, first.progress.sessionId, as: "outlets.csv", [2: ["channel": "wholesale"]])
            ])
            #expect(same.files[0].counts == RecordCounts(read: 2, inserted: 1, refused: 1))
            let mended = try await house.run([
                try await Self.corrected(
                    house, first.progress.sessionId, as: "outlets.csv",
                    [
                        1: ["id": "A", "name": "a", "channel": "wholesale", "territory": "T1"],
                        2: ["channel": "wholesale"],
                    ])
            ])
            #expect(mended.files[0].counts == RecordCounts(read: 2, inserted: 1, unchanged: 1, warnings: 1))
        }
    }

    @Test func `of a report about several entities each takes its own lines`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            let first = try await house.run([
                .territories("T1"), .distributors("D1", in: "T9"), .outlets("A,a,kiosk,T1,,1,2"),
            ])
            let id = first.progress.sessionId
            let second = try await house.run([
                try await Self.corrected(house, id, as: "distributors_2.csv", [1: ["territory": "T1"]]),
                try await Self.corrected(house, id, as: "outlets_2.csv", [2: ["channel": "wholesale"]]),
            ])
            #expect(
                second.files.map(\.counts) == [RecordCounts(read: 1, inserted: 1), RecordCounts(read: 1, inserted: 1)])
        }
    }

    /// Seen red with a report taken for a file that holds every row.
    @Test(arguments: ["ALL", "dt_code"]) func `a report has no row go that it does not have`(_ scope: String)
        async throws
    {
        let schema = try TestSchema.shop {
            $0.entities["outlets"]?.fullReplace = FullReplace(scope: scope, maximumDeletions: 1)
        }
        try await StageHouse.with(schema) { house in
            let first = try await house.run([
                .territories("T1"), .distributors("D1", in: "T1"),
                .outlets("A,a,wholesale,T1,D1,1,2", "B,b,wholesale,T1,D1,,", "C,c,kiosk,T1,D1,1,2"),
            ]).progress
            #expect(first.results.inserted == 4)
            let report = try await Self.corrected(
                house, first.sessionId, as: "outlets_again.csv", [2: ["channel": "wholesale"]])
            let second = try await house.run([report])
            #expect(second.files[0].counts.deleted == 0 && second.files[0].counts.inserted == 1)
            #expect(try await house.rows(.outlets).keys.sorted() == ["A", "B", "C"])
            let issues = try await house.issues(second.progress.sessionId)
            #expect(issues.contains { $0.code == .replaceSkipped })
        }
    }
}
