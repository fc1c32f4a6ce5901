import TabularFixtures
import Testing

@testable import Tabular

/// Workbooks whose styles are made to be much work.
@Suite struct CellStylesTests {
    private static func workbook(styles: String) throws -> [UInt8] {
        try WorkbookBuilder.archive(
            sheet: "<row><c s=\"0\"><v>45413</v></c></row>",
            styles: styles + "<cellXfs><xf numFmtId=\"164\"/></cellXfs>")
    }

    private static func format(_ code: String, count: Int = 1) -> String {
        let element = "<numFmt numFmtId=\"164\" formatCode=\"\(code)\"/>"
        return "<numFmts>" + String(repeating: element, count: count) + "</numFmts>"
    }

    /// Were all of a bracket kept and copied for each of its letters, this would run for many minutes.
    @Test(.timeLimit(.minutes(1))) func longCodesTakeLinearTime() throws {
        let styles = Self.format("[" + String(repeating: "h", count: 900_000), count: 8)
        #expect(try ArchiveBytes.csv(try Self.workbook(styles: styles)) == "45413\n")
    }

    /// Fails with the ids counted: there is one.
    @Test func oneFormatOverAndOverIsTooMany() throws {
        #expect(XlsxTests.code(try Self.workbook(styles: Self.format("0", count: 99_999))) == nil)
        #expect(XlsxTests.code(try Self.workbook(styles: Self.format("0", count: 100_000))) == .workbookTooLarge)
    }

    @Test func aCodeEndsWhereExcelWouldEndIt() {
        let text = "\"" + String(repeating: "x", count: 249) + "\""
        #expect(NumberFormat(code: text + "yyyy") == .date)
        #expect(NumberFormat(code: text + text + "yyyy") == .plain)
    }

    @Test(arguments: [
        ("[h]", NumberFormat.time), ("[mm]:ss", .time), ("[]", .plain), ("[hm]0", .plain), ("[Red]yyyy", .date),
        ("[$-409]0", .plain), ("[", .plain), ("[h", .plain),
    ])
    func onlyOneLetterInABracketIsATime(code: String, format: NumberFormat) {
        #expect(NumberFormat(code: code) == format)
    }
}
