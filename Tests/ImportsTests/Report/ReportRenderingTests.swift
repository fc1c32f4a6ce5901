import Domain
import Tabular
import Testing

@testable import Imports

/// A part of a report is made piece by piece, so that wide files do not fill the memory.
@Suite struct ReportRenderingTests {
    private static let width = 50
    private static let count = 40

    private static func rendering(bytesAtOnce: Int) -> ReportRendering {
        let header = (0..<width).map { "column \($0)" }
        let layout = FileLayout(dialect: CSVDialect(), header: header, overlongLines: [])
        let record = String(repeating: "x,", count: width - 1) + "y\n"
        let records = OriginalRecords(
            Array(String(repeating: record, count: count).utf8), layout: layout, firstRecord: 0)
        // Two of each record: the second is a line without the record itself.
        let issues = (0..<2 * count).map { number in
            ImportIssue(
                .error, .pattern, fileIndex: 0, record: number / 2, line: number / 2 + 2, column: "c", value: "v",
                message: "m")
        }
        return ReportRendering(
            ImportStages.ReportPart(issues: ReportIssues(before: [], own: StagedIssues(issues)), records: records),
            ReportForm(fileNames: ["f"], headers: [header]), isFirst: true, bytesAtOnce: bytesAtOnce)
    }

    /// Fails with all lines made at once.
    @Test(arguments: [1, 500, 2000]) func `pieces are small, and together they are the whole`(bytesAtOnce: Int) {
        let whole = Self.rendering(bytesAtOnce: .max)
        #expect(whole.isComplete)
        var rendering = Self.rendering(bytesAtOnce: bytesAtOnce)
        var bytes = rendering.bytes
        var pieces = 1
        while !rendering.isComplete {
            rendering.makeMore()
            #expect(rendering.bytes.count < bytesAtOnce + 200, "a piece and one more line")
            bytes += rendering.bytes
            pieces += 1
        }
        #expect(pieces > 2)
        #expect(bytes == whole.bytes)
        #expect(rendering.digest.finished == whole.digest.finished)
        #expect(String(decoding: whole.bytes, as: UTF8.self).split(separator: "\n").count == 1 + 2 * Self.count)
    }

    /// A record stands in a report as in its file where the writer would not change it; else, and where its columns do not stand
    /// together, field by field.
    @Test(arguments: [
        (["a", "b", "c"], "1,x y,z", "1,x y,z"), (["a", "b", "c"], "1,'x,z", "1,''x,z"),
        (["a", "b", "c"], "1,=x,-z", "1,'=x,'-z"), (["a", "b", "c"], "-1.5,,", "-1.5,,"),
        (["a", "b", "c"], "\"1\",\"x,y\",z", "1,\"x,y\",z"), (["c", "a", "b"], "1,x y,z", "x y,z,1"),
        (["a", "b", "c"], "1,\"x,y\",z", "1,\"x,y\",z"), (["c", "a", "b"], "1,\"x,y\",z", "\"x,y\",z,1"),
        (["a", "b", "c"], "1,\u{1},z", "1,\u{FFFD},z"), (["b", "c"], "1,x y", ",1,x y"),
        (["a", "b"], "1,x y", "1,x y,"), (["a", "c"], "1,x y", "1,,x y"),
    ])
    func `records stand under their columns`(header: [String], record: String, expected: String) {
        let layout = FileLayout(dialect: CSVDialect(), header: header, overlongLines: [])
        // A byte that is no UTF-8 stands for itself in no text.
        let bytes = record.utf8.map { $0 == 1 ? 0xFF : $0 }
        let issue = ImportIssue(
            .error, .pattern, fileIndex: 1, record: 0, line: 2, column: "c", value: "v", message: "m")
        let rendering = ReportRendering(
            ImportStages.ReportPart(
                issues: ReportIssues(before: [issue]), records: OriginalRecords(bytes, layout: layout, firstRecord: 0)),
            ReportForm(fileNames: ["e", "f"], headers: [["a", "b", "c"], header]), isFirst: false)
        #expect(String(decoding: rendering.bytes, as: UTF8.self).hasSuffix(",m,,\(expected)\n"))
    }
}
