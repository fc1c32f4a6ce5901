/// Writes workbooks for tests out of XML.
package enum WorkbookBuilder {
    package static func archive(
        sheet: String, strings: String? = nil, styles: String? = nil, workbook: String = "",
        sheets: String = "<sheet name=\"One\" sheetId=\"1\" r:id=\"rId1\"/>", isDeflated: Bool = true,
        declaration: String = ""
    ) throws -> [UInt8] {
        let kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        var files = [
            ("[Content_Types].xml", "<Types/>"),
            (
                "_rels/.rels",
                "<Relationships><Relationship Id=\"a\" Type=\"\(kind)/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
            ("xl/workbook.xml", "<workbook xmlns:r=\"\(kind)\">\(workbook)<sheets>\(sheets)</sheets></workbook>"),
            (
                "xl/_rels/workbook.xml.rels",
                """
                <Relationships><Relationship Id="rId1" Type="\(kind)/worksheet" Target="worksheets/sheet1.xml"/>
                <Relationship Id="rId2" Type="\(kind)/worksheet" Target="/xl/worksheets/../worksheets/sheet2.xml"/>
                <Relationship Id="rId3" Type="\(kind)/chartsheet" Target="chartsheets/sheet3.xml"/>
                <Relationship Id="rId4" Type="\(kind)/sharedStrings" Target="sharedStrings.xml"/>
                <Relationship Id="rId5" Type="\(kind)/styles" Target="styles.xml"/></Relationships>
                """
            ),
            ("xl/worksheets/sheet1.xml", Self.sheet(sheet)),
            ("xl/worksheets/sheet2.xml", Self.sheet("<row><c t=\"inlineStr\"><is><t>second</t></is></c></row>")),
        ]
        if let strings { files.append(("xl/sharedStrings.xml", "<sst>\(strings)</sst>")) }
        if let styles { files.append(("xl/styles.xml", "<styleSheet>\(styles)</styleSheet>")) }
        files[1].1 = declaration + files[1].1
        return try ZipBuilder(files, isDeflated: isDeflated).archive()
    }

    /// A row of texts, from column A on.
    package static func row(_ number: Int, _ values: String...) -> String {
        let cells = zip("ABCDEFG", values).map { column, value in
            "<c r=\"\(column)\(number)\" t=\"inlineStr\"><is><t>\(value)</t></is></c>"
        }
        return "<row r=\"\(number)\">\(cells.joined())</row>"
    }

    private static func sheet(_ rows: String) -> String {
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><worksheet><cols><col/></cols><sheetData>\(rows)</sheetData></worksheet>"
    }
}
