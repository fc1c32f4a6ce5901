import Domain
import Tabular
import Testing

@testable import Imports

/// Where the fields of several files stand in the report of all.
@Suite struct ReportFormTests {
    private static let headers = [["a", "b"], ["b", "c", "c"], ["c", "a"], []]
    private static let form = ReportForm(fileNames: ["f0", "f1", "f2", "f3"], headers: headers)

    @Test func `columns of one name are one, save within a file`() {
        #expect(Self.form.originals == ["a", "b", "c", "c"])
        #expect(Self.form.places == [[0, 1], [1, 2, 3], [2, 0], []])
        #expect(Self.form.order == [[0, 1], [0, 1, 2], [1, 0], []])
    }

    @Test(arguments: [(0, "1,2", "1,2,,"), (1, "1,2,3", ",1,2,3"), (2, "1,2", "2,,1,"), (3, "", ",,,")])
    func `each field stands under its column`(file: Int, record: String, cells: String) {
        let layout = FileLayout(dialect: CSVDialect(), header: Self.headers[file], overlongLines: [])
        var records = OriginalRecords(Array(record.utf8), layout: layout, firstRecord: 0)
        var report = ReportWriter(Self.form, withHeader: true)
        let issue = ImportIssue(
            .error, .pattern, fileIndex: file, record: 0, line: 2, column: "x", value: "y", message: "z")
        StagedIssues([issue]).withPresent { report.write($0, &records) }
        #expect(
            String(decoding: report.takeBytes(), as: UTF8.self) == """
                file,line,record,column,value,severity,code,message,raw,a,b,c,c
                f\(file),2,1,x,y,ERROR,ROW_PATTERN,z,,\(cells)

                """)
    }
}
