import Domain
import ObjectStore
import TabularFixtures
import Testing

@testable import Imports

/// Excel workbooks, through the real stages.
@Suite(.timeLimit(.minutes(1)))
struct WorkbookTests {
    private static let header = WorkbookBuilder.row(1, "id", "name", "parent")
    private static let sheets =
        "<sheet name=\"One\" sheetId=\"1\" r:id=\"rId1\"/><sheet name=\"Other\" sheetId=\"2\" r:id=\"rId2\"/>"

    /// A cell with a line end in it, and a blank row. Seen red with lines counted as those of the text.
    @Test(arguments: ["\n", "_x000D__x000A_"])
    func `the first sheet is read, and its rows are the lines`(lineEnd: String) async throws {
        let rows =
            Self.header + WorkbookBuilder.row(2, "T1", "two\(lineEnd)lines", "")
            + WorkbookBuilder.row(4, "T2", "Zürich", "T9")
            + WorkbookBuilder.row(5, "T3", "x")
        let bytes = try WorkbookBuilder.archive(sheet: rows, sheets: Self.sheets)
        try await StageHouse.with(TestSchema.shop()) { house in
            let report = try await house.run([TestFile("territories.xlsx", bytes: bytes)])
            #expect(report.progress.status == .completed, "\(report.progress.errorMessage ?? "")")
            #expect(report.files[0].counts == RecordCounts(read: 3, inserted: 2, refused: 1))
            #expect(report.files[0].reading?.container == "xlsx")
            #expect(report.files[0].reading?.member == "One")
            let id = report.progress.sessionId
            #expect(
                try await house.issues(id).map(\.description) == [
                    "territories.xlsx:4 parent_id=T9 ROW_REFERENCE_UNKNOWN"
                ])
            #expect(String(decoding: try await house.reportBytes(id), as: UTF8.self).contains("T2,Zürich,T9\n"))
            let name = lineEnd == "\n" ? "two\nlines" : "two\r\nlines"
            #expect(try await house.cell(.territories, "T1", "territory_name") == .text(name))
            let sealed = ObjectLayout.sealedFile(session: id, file: 0)
            #expect(try await house.store.get(sealed, limit: 1 << 20) == bytes)
        }
    }

    /// Chunks of a record or two: the rows of a later chunk are counted on from those before.
    @Test func `rows are counted across chunks`() async throws {
        var limits = ImportLimits()
        limits.chunkBytes = 10
        let rows =
            Self.header + (2...9).map { WorkbookBuilder.row($0, "T\($0)", "a\nb\nc", $0 > 6 ? "T1" : "") }.joined()
        let bytes = try WorkbookBuilder.archive(sheet: rows)
        try await StageHouse.with(TestSchema.shop(), limits: limits) { house in
            let report = try await house.run([TestFile("territories.xlsx", bytes: bytes)])
            #expect(try await house.issues(report.progress.sessionId).map(\.line) == [7, 8, 9])
        }
    }

    @Test func `a title above the table is no record`() async throws {
        let rows =
            WorkbookBuilder.row(1, "Our\nterritories") + WorkbookBuilder.row(3, "id", "name", "parent")
            + WorkbookBuilder.row(4, "T1", "a", "")
            + WorkbookBuilder.row(5, "T2", "b", "T9")
        let bytes = try WorkbookBuilder.archive(sheet: rows)
        try await StageHouse.with(TestSchema.shop()) { house in
            let report = try await house.run([TestFile("territories.xlsx", bytes: bytes)])
            #expect(report.files[0].counts == RecordCounts(read: 2, inserted: 1, refused: 1))
            #expect(report.files[0].reading?.headerLine == 3)
            #expect(try await house.issues(report.progress.sessionId).map(\.line) == [5])
        }
    }

    private static let asked: [(FileFormat, String, String)] = [
        (FileFormat(sheet: "Other"), "territories.xlsx", "the file has: second"),
        (FileFormat(sheet: "None"), "territories.xlsx", "no sheet \"None\"; it has: One, Other"),
        (FileFormat(encoding: "latin1"), "territories.xlsx", "only the sheet can be stated"),
    ]

    /// Seen red with the sheet not handed on.
    @Test(arguments: asked.indices) func `a stated sheet is the one that is read`(index: Int) async throws {
        let (format, name, words) = Self.asked[index]
        let bytes = try WorkbookBuilder.archive(sheet: Self.header, sheets: Self.sheets)
        try await StageHouse.with(TestSchema.shop()) { house in
            let report = try await house.run([TestFile(name, bytes: bytes, format: format)])
            #expect(report.progress.errorMessage?.contains(words) == true, "\(report.progress.errorMessage ?? "")")
        }
    }

    @Test func `a sheet of what has none is refused`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            var file = TestFile.territories("T1")
            file.format = FileFormat(sheet: "One")
            let report = try await house.run([file])
            #expect(report.progress.errorMessage?.contains("is no workbook") == true)
        }
    }

    /// One text, stored once and shown in every row: few bytes would become gigabytes. Seen red without the bound on what a
    /// few bytes may become.
    @Test func `a workbook that unpacks to far more than it holds is stopped`() async throws {
        let strings = "<si><t>" + String(repeating: "x", count: 30_000) + "</t></si>"
        let row = "<row><c t=\"s\"><v>0</v></c><c t=\"s\"><v>0</v></c><c t=\"s\"><v>0</v></c></row>"
        let bytes = try WorkbookBuilder.archive(
            sheet: Self.header + String(repeating: row, count: 2_000), strings: strings)
        #expect(bytes.count < 10_000)
        try await StageHouse.with(TestSchema.shop()) { house in
            let report = try await house.run([TestFile("territories.xlsx", bytes: bytes)])
            #expect(report.progress.errorMessage?.contains("far more than it holds") == true)
        }
    }

    /// Each run writes the same text, whatever came between.
    @Test func `a survey that runs twice writes the same`() async throws {
        let rows = Self.header + WorkbookBuilder.row(2, "T1", "a", "")
        let bytes = try WorkbookBuilder.archive(sheet: rows)
        try await StageHouse.with(TestSchema.shop()) { house in
            let id = try await house.open([TestFile("territories.xlsx", bytes: bytes)])
            _ = try await house.imports.process(session: id, by: house.producer)
            let request = try #require(try await house.nextJob()?.request)
            try await house.perform(request)
            let text = ObjectLayout.fileText(session: id, file: 0)
            let before = try await house.store.get(text, limit: 1 << 10)
            try await house.store.delete(text)
            try await house.work(times: 2)
            #expect(try await house.store.get(text, limit: 1 << 10) == before)
            #expect(try await house.report(id).files[0].counts == RecordCounts(read: 1, inserted: 1))
        }
    }
}
