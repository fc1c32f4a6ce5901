import Foundation
import Tabular
import TabularFixtures
import Testing

@Suite struct XlsxTests {
    static func code(_ archive: [UInt8], limits: XlsxLimits = XlsxLimits(maximumBytes: 1 << 24)) -> TabularError.Code? {
        do throws(TabularError) {
            _ = try ArchiveBytes.csv(archive, limits: limits)
            return nil
        } catch {
            #expect(!error.message.isEmpty)
            return error.code
        }
    }

    @Test func everyKindOfCell() throws {
        let strings = """
            <si><t>name</t></si><si><r><t>two </t></r><r><rPr/><t xml:space="preserve">runs </t></r><rPh><t>no</t></rPh></si>
            <si><t>a_x000D__x000a_b_x00ZZ_</t></si><si><t/></si>
            """
        let rows = """
            <row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="str"><f>A1</f><v>x&amp;"y",z</v></c></row>
            <row r="2"><c r="A2"><v>34.052235000000003</v></c><c r="C2" t="b"><v>1</v></c></row>
            <row r="5"><c r="B5" t="e"><v>#N/A</v></c></row>
            <row><c><v>1E+2</v></c><c t="b"><v>0</v></c><c t="inlineStr"><is><r><t>in</t></r><r><t>line</t></r></is></c></row>
            <row><c t="s"><v>2</v></c><c t="s"><v>3</v></c></row><row r="9"><c r="A9" s="4"/></row>
            <row r="10"><c r="A10"><v>0.1</v></c><c r="B10"><v>12345678901234567</v></c><c r="C10"><v>-1.5E-7</v></c></row>
            """
        let csv = try ArchiveBytes.csv(try WorkbookBuilder.archive(sheet: rows, strings: strings))
        let expected = """
            name,two runs ,"x&""y"",z"
            34.052235,,TRUE


            ,#N/A,
            100,FALSE,inline
            "a\r\nb_x00ZZ_",,


            0.1,12345678901234567,-1.5e-07

            """
        #expect(csv == expected)
        let reader = ReadRecord.all(Array(csv.utf8))
        #expect(reader.map(\.fields.count) == [3, 3, 3, 3, 3, 3])
        #expect(reader.map(\.line).prefix(4) == [1, 2, 5, 6])
    }

    @Test(arguments: [
        ("14", "45413", "2024-05-01"), ("22", "45413.75", "2024-05-01T18:00:00"), ("14", "45413.75", "2024-05-01"),
        ("20", "0.5", "12:00:00"), ("20", "0.99999999", "00:00:00"), ("14", "1", "1900-01-01"),
        ("14", "59", "1900-02-28"),
        ("14", "60", "1900-02-29"), ("14", "61", "1900-03-01"), ("14", "2958465", "9999-12-31"),
        ("14", "2958466", "2958466"),
        ("14", "-1", "-1"), ("14", "text", "text"), ("164", "45413", "2024-05-01"), ("165", "1234", "01234"),
        ("165", "1234.5", "1234.5"),
        ("166", "45413.25", "2024-05-01T06:00:00"), ("167", "1234.5", "1234.5"), ("168", "0.25", "06:00:00"),
        ("0", "45413", "45413"),
        ("169", "45413", "2024-05-01"), ("10", "0.5", "0.5"),
    ])
    func datesAndFormats(format: String, value: String, expected: String) throws {
        let styles = """
            <numFmts><numFmt numFmtId="164" formatCode="[$-409]d\\-mmm\\-yy;@"/><numFmt numFmtId="165" formatCode="00000"/>
            <numFmt numFmtId="166" formatCode="yyyy/mm/dd hh:mm"/><numFmt numFmtId="167" formatCode="#,##0.00 &quot;days&quot;;[Red]-0"/>
            <numFmt numFmtId="168" formatCode="[h]:mm:ss"/><numFmt numFmtId="169" formatCode="mmmm"/></numFmts>
            <cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf/><xf numFmtId="\(format)"/></cellXfs>
            """
        let archive = try WorkbookBuilder.archive(sheet: "<row><c s=\"1\"><v>\(value)</v></c></row>", styles: styles)
        #expect(try ArchiveBytes.csv(archive) == expected + "\n")
    }

    @Test func macintoshDays() throws {
        let styles = "<cellXfs><xf numFmtId=\"14\"/></cellXfs>"
        let archive = try WorkbookBuilder.archive(
            sheet: "<row><c><v>0</v></c><c><v>43951</v></c></row>", styles: styles,
            workbook: "<workbookPr date1904=\"1\"/>")
        #expect(try ArchiveBytes.csv(archive) == "1904-01-01,2024-05-01\n")
    }

    @Test func sheetsByName() throws {
        let sheets = """
            <sheet name="Secret" r:id="rId1" state="hidden"/><sheet name="Two &amp; more" r:id="rId2"/><sheet name="Chart" r:id="rId3"/>
            """
        let archive = try WorkbookBuilder.archive(sheet: "<row><c><v>1</v></c></row>", sheets: sheets)
        #expect(try ArchiveBytes.csv(archive) == "second\n")
        #expect(try ArchiveBytes.csv(archive, sheet: "Two & more") == "second\n")
        #expect(try ArchiveBytes.csv(archive, sheet: "Secret") == "1\n")
        for name in ["Chart", "None"] {
            do throws(TabularError) {
                _ = try ArchiveBytes.csv(archive, sheet: name)
                Issue.record("\(name) was read")
            } catch {
                #expect(error.code == .workbookSheetMissing)
            }
        }
        #expect(try ArchiveBytes.directory(archive).isWorkbook)
    }

    @Test(arguments: [
        "<row><c t=\"s\"><v>5</v></c></row>", "<row><c t=\"s\"><v>x</v></c></row>", "<row r=\"2\"/><row r=\"2\"/>",
        "<row r=\"1048577\"/>",
        "<row><c r=\"B1\"/><c r=\"A1\"/></row>", "<row><c r=\"XFE1\"/></row>", "<row><c r=\"12\"/></row>", "<row><c>",
        "<row><c t=\"str\"><v>" + String(repeating: "x", count: 140_000) + "</v></c></row>",
        "<row " + String(repeating: "x", count: 2 << 20), String(repeating: "<row>", count: 200), "&bomb;",
    ])
    func damageIsTold(rows: String) throws {
        #expect(Self.code(try WorkbookBuilder.archive(sheet: rows, strings: "<si><t>a</t></si>")) == .workbookCorrupt)
    }

    @Test func documentTypesAreRefused() throws {
        let rows = "<row><c><v>1</v></c></row>"
        let declared = try WorkbookBuilder.archive(sheet: rows, declaration: "<!DOCTYPE a [<!ENTITY b \"bbbb\">]>")
        #expect(Self.code(declared) == .workbookCorrupt)
        #expect(Self.code(try WorkbookBuilder.archive(sheet: rows, declaration: "<!-- a -->")) == nil)
    }

    @Test func aZipArchiveIsNoWorkbook() throws {
        #expect(Self.code(try ZipBuilder([("a.csv", "a,b\n")]).archive()) == .workbookCorrupt)
        #expect(Self.code(try ZipBuilder([("_rels/.rels", "<Relationships/>")]).archive()) == .workbookCorrupt)
    }

    /// A text that is stored once and shown a million times, and texts without end.
    @Test func bombsAreStopped() throws {
        var limits = XlsxLimits(maximumBytes: 4 << 20, maximumSharedStringBytes: 1 << 20)
        let long = "<si><t>" + String(repeating: "x", count: 30_000) + "</t></si>"
        let rows = String(repeating: "<row><c t=\"s\"><v>0</v></c></row>", count: 1000)
        #expect(Self.code(try WorkbookBuilder.archive(sheet: rows, strings: long), limits: limits) == .workbookTooLarge)
        let wide = "<row>" + String(repeating: "<c t=\"s\"><v>0</v></c>", count: 1000) + "</row>"
        let roomy = XlsxLimits(maximumBytes: 64 << 20)
        #expect(Self.code(try WorkbookBuilder.archive(sheet: wide, strings: long), limits: roomy) == .workbookTooLarge)
        let texts = String(repeating: long, count: 40)
        #expect(Self.code(try WorkbookBuilder.archive(sheet: "", strings: texts), limits: limits) == .workbookTooLarge)
        limits.archive.maximumBytes = 1000
        #expect(Self.code(try WorkbookBuilder.archive(sheet: rows, strings: long), limits: limits) == .zipTooLarge)
    }

    /// As an import reads: a range at a time, from a store that answers later.
    @Test func rangesMayComeLater() async throws {
        let archive = try WorkbookBuilder.archive(sheet: "<row><c><v>1</v></c><c><v>2</v></c></row>")
        var ranges: [Range<Int>] = []
        var csv: [UInt8] = []
        var reader = try XlsxReader(archiveBytes: archive.count, limits: XlsxLimits(maximumBytes: 1 << 20))
        while let range = reader.wanted {
            ranges.append(range)
            await Task.yield()
            try reader.take(Array(archive[range])) { csv += $0 }
        }
        #expect(String(decoding: csv, as: UTF8.self) == "1,2\n")
        #expect(reader.sheetName == "One")
        #expect(reader.sheetNames == ["One"])
        #expect(ranges.allSatisfy { $0.count <= 1 << 18 })
    }

    /// Workbooks of two libraries that have nothing in common (`Fixtures/write.py`).
    @Test(arguments: ["openpyxl", "xlsxwriter", "xlsxwriter-constant-memory"])
    func readsWhatLibrariesWrite(library: String) throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")
        let archive = [UInt8](try Data(contentsOf: folder.appending(path: library + ".xlsx")))
        let expected = try String(contentsOf: folder.appending(path: "expected.csv"), encoding: .utf8)
        #expect(try ArchiveBytes.csv(archive) == expected)
    }
}
